"""Tables, migrations and the threads that speak to the database; the ledger of `bot.work` on SQL."""
