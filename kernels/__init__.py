"""Compiled kernels: floats, integers and arrays in; arrays and a result code out."""
