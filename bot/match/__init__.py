"""Read a question: exact words first, then typos, then whole phrases; and decide what to do with it."""
