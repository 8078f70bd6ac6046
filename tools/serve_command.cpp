#include "tools/serve_command.h"

#include <csignal>

#include <charconv>
#include <ostream>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "server/application.h"

namespace bz::tools {
namespace {

// "127.0.0.1:8080", "[::1]:8080"
Result<void> read_listen(std::string_view text, http::ServerSettings& settings) {
  const auto colon = text.rfind(':');
  const Error fault{Code::kInvalid,
                    "--listen is an address and a port: 127.0.0.1:8080, [::1]:8080"};
  if (colon == std::string_view::npos || colon == 0) return fault;
  auto address = text.substr(0, colon);
  if (address.front() == '[' && address.back() == ']')
    address = address.substr(1, address.size() - 2);
  const auto digits = text.substr(colon + 1);
  const auto [end, wrong] =
      std::from_chars(digits.data(), digits.data() + digits.size(), settings.port);
  if (wrong != std::errc{} || end != digits.data() + digits.size()) return fault;
  settings.address = address;
  return {};
}

}  // namespace

Result<void> run_serve(const ServeOptions& options, std::ostream& out) {
  // Blocked before any thread is made, so that this one alone receives them.
  sigset_t stops;
  sigemptyset(&stops);
  sigaddset(&stops, SIGTERM);
  sigaddset(&stops, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stops, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  server::Settings settings;
  settings.data = options.data;
  auto roles = server::Roles::named(options.role);
  if (!roles) return roles.error();
  settings.roles = *roles;
  auto config = server::Config::read(options.data / "bz.toml");
  if (!config) return config.error();
  settings.config = std::move(*config);
  if (options.database) settings.config.database = *options.database;
  if (auto ok = read_listen(options.listen, settings.config.http); !ok) return ok;

  const SystemClock clock;
  SystemRandom random;
  Log log(clock);
  auto application = server::Application::start(settings, clock, random, log);
  if (!application) return application.error();
  if (options.print_routes) {
    for (const auto& route : (*application)->router().routes())
      out << route.method << ' ' << route.pattern << '\n';
    return {};
  }
  out << "listening on " << (*application)->url() << std::endl;
  int signal = 0;
  sigwait(&stops, &signal);
  (*application)->drain();
  return {};
}

}  // namespace bz::tools
