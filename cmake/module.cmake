# How every module of this repository is built. A module's own CMakeLists.txt lists its files, no more.

add_library(bz_flags INTERFACE)
target_compile_features(bz_flags INTERFACE cxx_std_20)
target_include_directories(bz_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(bz_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
# g++ 12 sees overlapping copies in "text" + string where there are none (GCC bug 105329).
target_compile_options(bz_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
if(BZ_SANITIZE)
  target_compile_options(bz_flags INTERFACE -fsanitize=${BZ_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(bz_flags INTERFACE -fsanitize=${BZ_SANITIZE})
  # With this check clang 14 cannot assemble the coroutines of http/server.cpp.
  target_compile_options(bz_flags INTERFACE $<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=function>)
endif()
if(BZ_FUZZ)
  target_compile_options(bz_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# bz_library(engine SOURCES frame.cpp USES base LIBRARIES OpenSSL::Crypto)
# LIBRARIES are from outside; they stay private to the module, and so do their headers.
function(bz_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES;LIBRARIES" ${ARGN})
  list(TRANSFORM arg_USES PREPEND bz_)
  add_library(bz_${name} STATIC ${arg_SOURCES})
  target_link_libraries(bz_${name} PUBLIC bz_flags ${arg_USES} PRIVATE ${arg_LIBRARIES})
endfunction()

if(BZ_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
  find_library(RAPIDCHECK rapidcheck REQUIRED)
endif()

# bz_test(engine frame_test.cpp ...): one program a module; ctest shows each case by its name. PROGRAM names another one beside it,
# LIBRARIES what only the tests use, POSTGRES that they start a PostgreSQL (tests/postgres_here.h). Cases that read shared vectors or recordings find them through tests/shared_files.h.
function(bz_test module)
  if(NOT BZ_TESTS)
    return()
  endif()
  cmake_parse_arguments(arg "POSTGRES" "PROGRAM" "LIBRARIES" ${ARGN})
  if(arg_POSTGRES)
    list(APPEND arg_LIBRARIES bz_postgres_here)
  endif()
  set(program ${module}_test)
  if(arg_PROGRAM)
    set(program ${arg_PROGRAM}_test)
  endif()
  add_executable(${program} ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${program} PRIVATE bz_${module} GTest::gtest_main ${RAPIDCHECK} ${arg_LIBRARIES})
  target_compile_definitions(${program} PRIVATE BZ_SHARED="${BZ_SHARED}")
  gtest_discover_tests(${program} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300)
endfunction()
