// The keys side of the server as a process of its own: the real store, routes and HTTP server, with
// a clock that another process moves (tests/load/shared_clock.h) and one authority whose
// certificates that process signs.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/load/made_upload.h"
#include "wire/trust.h"

namespace bz::load {

struct Place {
  std::filesystem::path common;   // clock, authority.pem: the same for all servers of a run
  std::filesystem::path folder;   // exports/, master.key, with SQLite the store: one server's own
  std::string database_url = {};  // empty: SQLite in the folder
};

inline const std::vector<std::string> kRegions{"VN", "VN-59"};

// Makes authority.pem in the folder where it is not there, and gives what it says.
Result<Authority> read_or_make_authority(const std::filesystem::path& folder);

// The public keys by which exports of this store are signed.
Result<wire::Trust> trust_of(const Place& place);

// The words with which Child::start runs serve_main; `period` is that of batches.
std::vector<std::string> serve_words(const Place& place, std::chrono::minutes period,
                                     std::int64_t most_keys_a_file = 500'000);

// Runs a server until SIGTERM. `words` are as made by serve_words, without "serve". The exit
// status.
int serve_main(const std::vector<std::string>& words);

}  // namespace bz::load
