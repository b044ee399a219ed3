"""What is looked for in an application that is wired, without a request.

table       the rules by their names
routes      routes, files and handlers of exceptions that another one hides
groups      groups that nobody has installed
hooks       hooks that return what they must not
decorators  decorators that a route leads past, or that drop the answer
returned    what a function returns, as far as its code tells
"""
