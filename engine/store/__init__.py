"""The results file: the only place that knows HDF5.

`schema` is the one table of everything a file holds; `writer` fills a file while a simulation
runs, `reader` opens a finished or a running one, `export` turns its tables into CSV or Parquet, and
`compare` says whether two files agree. The modules are imported one by one, so that nothing pays
for h5py before a file is touched.
"""
