// Test vectors and recordings that lie beside the repository in a developer's checkout and in CI. A
// test that needs them skips, saying so, where they are not.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>

#define BZ_SKIP_WITHOUT(path) \
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "not here: " << (path)

namespace bz {

inline std::filesystem::path shared_file(const char* name) {
  return std::filesystem::path(BZ_SHARED) / name;
}

}  // namespace bz
