#include <algorithm>
#include <string>

#include "engine/kernel_list.h"

namespace bz::engine {
namespace {

// The fastest first; SHA instructions beat eight lanes without them.
constexpr auto kKernels = std::to_array<const Kernel*>({
#if defined(BZ_KERNEL_AVX512)
  &kAvx512Kernel,
#endif
#if defined(BZ_KERNEL_AESNI)
      &kAesniKernel,
#endif
#if defined(BZ_KERNEL_AVX2)
      &kAvx2Kernel,
#endif
#if defined(BZ_KERNEL_ARMV8)
      &kArmv8Kernel,
#endif
      &kPortableKernel,
});

}  // namespace

std::span<const Kernel* const> kernels() {
  return kKernels;
}

const Kernel& fastest_kernel() {
  static const Kernel& fastest =
      **std::ranges::find_if(kKernels, [](const Kernel* kernel) { return kernel->runs_here(); });
  return fastest;
}

Result<const Kernel*> kernel_named(std::string_view name) {
  std::string names;
  for (const auto* kernel : kKernels) {
    if (!kernel->runs_here()) continue;
    if (kernel->name == name) return kernel;
    names += (names.empty() ? "" : ", ") + std::string(kernel->name);
  }
  return Error{Code::kNotFound,
               "no kernel \"" + std::string(name) + "\" runs here; there are: " + names};
}

}  // namespace bz::engine
