"""An independent judge of the visit planner.

It reads the JSON formats itself and shares no code with the planner: `exact` finds the option vectors
with a constraint solver, `feasible` checks an answer rule by rule, `problems` makes random problems that
reach every rule.
`python -m tests.oracle` compares the planner with both.
"""
