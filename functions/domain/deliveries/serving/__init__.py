"""One run of redeliver: what is due is published again, for as long as the run may last.

The rules are in the package above; here they meet what is stored, through ports. The simulator and the
function run the same code.
"""
