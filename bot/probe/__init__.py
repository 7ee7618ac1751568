"""What a mail server does when it is asked: facts by polite dialogue, judged apart, never with a login."""
