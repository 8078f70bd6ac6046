// The kernels that this build has. Which of them is compiled, and with which processor flags,
// engine/CMakeLists.txt says; kernels.cpp puts them in order.
//
// A kernel file is compiled for a processor that the program may not meet. Nothing in it may
// become code that the linker could pick for the rest of the program: its functions stand in an
// unnamed namespace, it calls no library templates, and what it takes from headers is inlined (such
// files are compiled with -O2 in every build). tests/kernel_symbols.cmake looks at the object
// files.
#pragma once

#include "engine/kernel.h"

namespace bz::engine {

extern const Kernel kPortableKernel;
#if defined(BZ_KERNEL_AESNI)
extern const Kernel kAesniKernel;
#endif
#if defined(BZ_KERNEL_AVX2)
extern const Kernel kAvx2Kernel;
#endif
#if defined(BZ_KERNEL_AVX512)
extern const Kernel kAvx512Kernel;
#endif
#if defined(BZ_KERNEL_ARMV8)
extern const Kernel kArmv8Kernel;
#endif

}  // namespace bz::engine
