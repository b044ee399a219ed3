"""Forms: fields with values and files, and the parser that makes them.

fieldstorage   the documented names: FieldStorage and its parser
parser         FieldStorageParser, from a stream to a form
fields         FieldStorage, a form and its fields
"""
