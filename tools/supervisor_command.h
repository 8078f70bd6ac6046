// `bz supervisors`, `bz callback`: what is done outside the server with keys that it does not have.
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "base/result.h"

namespace bz::tools {

struct SupervisorsMakeOptions {
  std::filesystem::path folder;  // share-1.txt, … and supervisors.pub are written to it
  int shares = 3;
  bool json = false;
};
// A key pair whose private half is shared among supervisors so that any two can use it, and which
// is whole nowhere. Each share belongs on paper, or in a folder of its owner.
Result<void> run_supervisors_make(const SupervisorsMakeOptions& options, std::ostream& out);

struct RevokeOptions {
  std::string server;  // the keys side
  std::string authority = "vn-moh";
  std::vector<std::filesystem::path> shares;  // two
  std::filesystem::path public_key;           // supervisors.pub
  std::vector<std::string> handles;           // sealed, base64, as the portal shows them
  bool json = false;
};
// Two supervisors open the handles of a case and have its keys revoked in the next batch.
Result<void> run_supervisors_revoke(const RevokeOptions& options, std::ostream& out);

struct CallbackOpenOptions {
  std::filesystem::path key;  // the authority's private key for callbacks
  std::string message;        // base64 of 256 bytes, as fetched
  bool json = false;
};
Result<void> run_callback_open(const CallbackOpenOptions& options, std::ostream& out);

}  // namespace bz::tools
