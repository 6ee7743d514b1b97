"""HTTP input of the register's and the account's pages, a module a noun."""
