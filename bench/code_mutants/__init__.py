"""How good the tests are: small mistakes are planted in the code, and the tests must notice."""
