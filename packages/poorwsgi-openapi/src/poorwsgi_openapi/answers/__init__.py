"""What clients get that no handler wrote.

problems          a refused request: JSON, page and log; RequestRefused
problem_pages     problems in place of the pages of the framework
unknown_methods   405 in place of 501
served            the document at its paths
docs              what is at the path of the documentation
docs_page         the page that is shown there
mock              answers made of examples
"""
