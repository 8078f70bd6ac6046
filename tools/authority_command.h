// `bz authority|apikey|grant`: health authorities, the programs that may call for them, and what
// officers may do.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "tools/data_folder.h"

namespace bz::tools {

struct AuthorityOptions {
  DataOptions where;
  std::string id;
  std::vector<std::string>
      settings;  // "name=Bộ Y tế"; which names: docs/codes.md, docs/publishing.md
};

// Makes the authority or changes it, on both sides. Settings of texts and numbers as NAME=VALUE, of
// lists with commas between; a file's content as NAME=@FILE.
Result<void> run_authority_put(const AuthorityOptions& options, std::ostream& out);
Result<void> run_authority_list(const DataOptions& options, std::ostream& out);

struct ApiKeyOptions {
  DataOptions where;
  std::string authority = "vn-moh";
  std::string kind = "device";
  std::string name;
  std::string id;
};
// Prints the key, once.
Result<void> run_api_key_add(const ApiKeyOptions& options, std::ostream& out);
Result<void> run_api_key_list(const ApiKeyOptions& options, std::ostream& out);
Result<void> run_api_key_remove(const ApiKeyOptions& options, std::ostream& out);

struct GrantOptions {
  DataOptions where;
  std::string account;
  std::string authority = "vn-moh";
  std::string role;
};
Result<void> run_grant_add(const GrantOptions& options, std::ostream& out);
Result<void> run_grant_remove(const GrantOptions& options, std::ostream& out);
Result<void> run_grant_list(const GrantOptions& options, std::ostream& out);

}  // namespace bz::tools
