# Fails when a kernel's object file holds a function that the linker could take for the rest of the program: it is compiled
# for a processor that the program may not meet (engine/kernel_list.h). Data is harmless, and so is what names a routine of the
# compiler's own (DW.ref).
string(REPLACE "|" ";" objects "${OBJECTS}")
set(seen 0)
foreach(object IN LISTS objects)
  if(NOT object MATCHES "kernel_(aesni|avx2|avx512|armv8)\\.cpp")
    continue()
  endif()
  math(EXPR seen "${seen} + 1")
  execute_process(COMMAND ${NM} -C --defined-only ${object} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[0-9a-f]+ [WT] [^\n]*" shared "${symbols}")
  if(shared)
    list(JOIN shared "\n  " text)
    message(FATAL_ERROR "${object} has functions that others could be linked to:\n  ${text}")
  endif()
endforeach()
message(STATUS "${seen} kernels share no function")
