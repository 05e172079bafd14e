"""All of PubMed, file by file: what a topic asks for is extracted and kept as Parquet, to be loaded into a store.

The unit of work is one file. Its parts are a pure function of its bytes, the topic, this program and its model, so that any
engine, order and number of workers give the same parts, and a run that was cut off does what is missing.
"""
