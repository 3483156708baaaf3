"""The course: from examples to a head, measured before and after. Pure, without Django; run in a process of its own."""
