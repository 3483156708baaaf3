"""Teaching: a small head of one workspace's own, over what the shipped reading says. Pure; numpy alone to answer.

``residual.fit`` learns what a team's answers add to the shipped reading, ``Head.chances`` gives calibrated chances,
``alike`` finds which of the team's answers a post resembles. Nothing here keeps words: only hashed weights.
"""
