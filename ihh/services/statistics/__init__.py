"""The figures' use cases: days become facts, closed periods are released, what is released is read."""
