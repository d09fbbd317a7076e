"""What hangs on an order that is created, by the mapping's section `after`: shipments and metafields, each sent once.

`attach` goes over the orders; `attached` its counts, and one order under way; `batches` some orders at a time, from
their first attachment to their last; `protocol` what an attachment may become.
"""
