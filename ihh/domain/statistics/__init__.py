"""The figures: facts of closed days, a fixed catalogue of tables, measures over additive sources, masks."""
