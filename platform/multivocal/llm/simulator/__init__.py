"""A pretend language model server: the OpenAI HTTP protocol without a key, a network or Django."""
