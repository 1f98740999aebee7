/* Undoes vector_source.h, for the next instance. */
#undef PASTE3
#undef real
#undef vector
#undef integers
#undef WITHIN
#undef NAME
#undef TARGET
#undef SPLAT
#undef MADD
#undef MAX
