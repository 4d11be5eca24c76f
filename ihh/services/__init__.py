"""Use cases, one verb per function: each reads as a sentence and takes the time as an argument."""
