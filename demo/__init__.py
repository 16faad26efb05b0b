"""The one example world behind the demo, the tests and the benchmarks.

Belongs here: invented people, units, days and answers with a known truth, and the files in which
devices, forms and personnel systems would deliver them. Does not belong here: reading those files,
any rule or formula of the product, or running it.
"""
