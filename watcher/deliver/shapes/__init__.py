"""The bodies that endpoints understand, one module a shape; each gives bytes that never change again."""
