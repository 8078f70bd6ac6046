#include "tools/account_command.h"

#include <boost/json.hpp>
#include <ostream>

#include "accounts/service.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "store/audit.h"

namespace bz::tools {
namespace {

using boost::json::object;

// An account service without routes, on the stores of a server.
class Accounts {
 public:
  static Result<void> with(const DataOptions& options,
                           const std::function<Result<void>(accounts::Service&)>& work) {
    auto store = open_accounts(options);
    if (!store) return store.error();
    const SystemClock clock;
    SystemRandom random;
    auto log = Log::to_file(clock, "/dev/null");  // a command says what it did by itself
    if (!log) return log.error();
    Metrics metrics;
    accounts::Settings settings;
    settings.folder = options.data / "accounts";
    std::error_code ignored;
    std::filesystem::create_directories(settings.folder, ignored);
    auto service =
        accounts::Service::open(**store, settings, Surroundings{clock, random, *log, metrics});
    if (!service) return service.error();
    return work(**service);
  }
};

void show(const AccountOptions& options, const std::string& password, std::ostream& out) {
  if (options.where.json) {
    out << boost::json::serialize(object{{"account", options.name}, {"password", password}})
        << '\n';
    return;
  }
  out << "account:        " << options.name << "\nfirst password: " << password
      << "\n(shown this once; at the first login its owner chooses another and sets up the second "
         "factor)\n";
}

}  // namespace

Result<void> run_account_add(const AccountOptions& options, std::ostream& out) {
  return Accounts::with(options.where, [&](accounts::Service& accounts) -> Result<void> {
    const auto password = accounts.add_account(options.name, options.administrator);
    if (!password) return password.error();
    show(options, *password, out);
    return {};
  });
}

Result<void> run_account_reset(const AccountOptions& options, std::ostream& out) {
  return Accounts::with(options.where, [&](accounts::Service& accounts) -> Result<void> {
    const auto password = accounts.reset_account(options.name);
    if (!password) return password.error();
    show(options, *password, out);
    return {};
  });
}

Result<void> run_audit_verify(const DataOptions& options, std::ostream& out) {
  const auto parts = parts_of(options);
  if (!parts) return parts.error();
  for (const auto& part : *parts) {
    auto store = part.open(options);
    if (!store) return store.error();
    const auto head = (*store)->read([](store::Sql& sql) { return store::verify_audit(sql); });
    const std::string name(part.name);
    if (!head) return Error{head.error().code, "store " + name + ": " + head.error().what};
    if (options.json) {
      out << boost::json::serialize(
                 object{{"store", name}, {"entries", head->number}, {"head", to_hex(head->hash)}})
          << '\n';
    } else {
      out << name << ": the chain holds; entry " << head->number << ", " << to_hex(head->hash)
          << '\n';
    }
  }
  return {};
}

}  // namespace bz::tools
