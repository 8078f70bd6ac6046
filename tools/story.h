// The story that `bz campaign seed` plays: tools/stories/august_2020.jsonl, one request a line.
#pragma once

#include <string_view>

namespace bz::tools {

std::string_view august_2020();

}  // namespace bz::tools
