// What a demo leaves running to look around in: a server with the campaign of August 2020, a wall
// that opens without a login, and an account for each kind of person who uses it. Its clock is the
// story's: 26 August 2020, 15:30 in Vietnam when it starts, half an hour before reports are due,
// and from then on as fast as ours. Each page says so; six digits are those of a phone of today.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <iosfwd>

#include "base/random.h"
#include "base/result.h"

namespace bz::tools {

// In a new folder, until `is_over` says so; at another port where `port` is taken. Says where it
// runs, the wall's address, and accounts with their first passwords.
Result<void> show_portal(const std::filesystem::path& folder, std::uint16_t port, Random& random,
                         std::ostream& out, const std::function<bool()>& is_over);

}  // namespace bz::tools
