#include "http/server.h"

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <list>
#include <mutex>
#include <span>
#include <thread>

#include "base/ascii.h"
#include "http/client_address.h"
#include "http/date.h"
#include "http/file_answer.h"
#include "http/request_counts.h"
#include "http/response_head.h"
#include "http/target.h"
#include "http/worker_pool.h"

namespace bz::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using TimePoint = steady_clock::time_point;

using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;
using Timer = asio::basic_waitable_timer<steady_clock, asio::wait_traits<steady_clock>, Executor>;
template <class T>
using Task = asio::awaitable<T, Executor>;
constexpr asio::use_awaitable_t<Executor> kAwait{};

using Parser = beast::http::request_parser<beast::http::string_body>;

constexpr std::size_t kReadAtOnce = 8'192;  // a phone's request and its head
constexpr std::size_t kWriteAtOnce = 65'536;
// After an answer that closes: how much and how long what the client still sends is taken and
// thrown away. Closing at once would make the kernel reset the connection, and the client lose the
// answer.
constexpr std::size_t kMostDiscarded = 262'144;
constexpr milliseconds kDiscardTime{2'000};
constexpr milliseconds kPauseWithoutFiles{100};
// Descriptors that are not connections: stores, exports, the log.
constexpr std::size_t kOtherFiles = 256;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

enum class Next { kAnother, kClose };
// What the head of a request leaves to do.
enum class Step { kReadBody, kAnswer, kRefuse };

struct Connection {
  Socket socket;
  Address peer{};
  TimePoint deadline = TimePoint::max();  // when it is cut off, looked at by sweep()
  bool idle = true;                       // between two requests
  bool late = false;                      // was cut off by sweep()
};
using Connections = std::list<Connection>;

// One request and its answer, from the IO thread to a worker and back.
struct Exchange {
  explicit Exchange(const Executor& executor) : timer(executor) {}

  Request request;
  const Router::Route* route = nullptr;
  Response response;
  OpenFile file;
  Timer timer;
};

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

std::size_t raise_open_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1'024;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<std::size_t>(limit.rlim_cur);
}

// Whether the head can be read in one way only, by us and by any proxy before us: the rules of RFC
// 9112 section 6.3, without the leniencies.
bool is_unambiguous(const Parser& parser) {
  using beast::http::field;
  const auto& head = parser.get();
  const auto one_at_most = [&](field name) { return head.count(name) <= 1; };
  if (!one_at_most(field::host) || !one_at_most(field::content_length) ||
      !one_at_most(field::transfer_encoding))
    return false;
  const auto length = head.find(field::content_length);
  const auto coding = head.find(field::transfer_encoding);
  if (length != head.end()) {
    const auto digits = view(length->value());
    return coding == head.end() && !digits.empty() &&
           digits.find_first_not_of("0123456789") == std::string_view::npos;
  }
  return coding == head.end() ||
         (head.version() == 11 && ascii_lowered(view(coding->value())) == "chunked");
}

Response busy_response() {
  auto response = error_response(503, "the server is busy: try again later");
  response.set("retry-after", "1");
  return response;
}

}  // namespace

// Everything but the constructor, drain() and answer() happens on the one IO thread.
struct Server::State {
  State(const ServerSettings& the_settings, const Router& the_router, Log& the_log,
        Metrics& the_metrics);
  ~State() { drain(); }

  Result<void> listen();
  void run();
  void drain();

  Task<void> accept();
  Task<void> sweep();
  Task<void> talk(Connections::iterator at);
  Task<Next> exchange(Connection& connection, beast::flat_buffer& buffer);
  Task<error_code> feed(Connection& connection, beast::flat_buffer& buffer, Parser& parser,
                        bool whole);
  Task<void> ask_handler(Exchange& exchange);
  Task<bool> send(Connection& connection, const Exchange& exchange, bool keep);
  Task<bool> write(Connection& connection, asio::const_buffer bytes);
  Task<Next> refuse(Connection& connection, Exchange& exchange);
  std::optional<Response> answer_to(error_code fault, const Router::Route* route);
  Task<void> discard(Connection& connection);

  void answer(Exchange& exchange);  // on a worker
  Step begin(const Connection& connection, Parser& parser, Exchange& exchange);
  void read_head(const Connection& connection, const Parser& parser, Target target,
                 Request& request) const;
  void turn_away(Socket& socket);
  void close_idle();
  void set_deadline(Connection& connection, milliseconds time) const;
  const std::string& date();
  std::string head_of(const Response& response, std::uint64_t length, bool keep) {
    return response_head(response, length, keep, date(), settings.story_clock != nullptr);
  }

  ServerSettings settings;
  const Router& router;
  Log& log;
  RequestCounts counts;
  std::vector<Address> trusted;

  asio::io_context io{1};
  Acceptor acceptor{io.get_executor()};
  Timer sweeper{io.get_executor()};
  Timer pause{io.get_executor()};
  Connections connections;
  std::uint16_t port = 0;
  std::string date_text;
  std::chrono::sys_seconds date_second;
  bool draining = false;
  TimePoint drain_deadline = TimePoint::max();

  std::once_flag drained;
  std::unique_ptr<WorkerPool> pool;
  std::thread io_thread;
};

Server::State::State(const ServerSettings& the_settings, const Router& the_router, Log& the_log,
                     Metrics& the_metrics)
    : settings(the_settings), router(the_router), log(the_log), counts(router, the_metrics) {
  const auto files = raise_open_files();
  const auto most = files > 2 * kOtherFiles ? files - kOtherFiles : files / 2;
  if (settings.connections > most) {
    log.warning("fewer connections than asked for, raise the limit of open files",
                {{"asked", static_cast<std::int64_t>(settings.connections)},
                 {"taken", static_cast<std::int64_t>(most)}});
    settings.connections = most;
  }
}

Result<void> Server::State::listen() {
  for (const auto& proxy : settings.trusted_proxies) {
    const auto address = parse_address(proxy);
    if (!address) return Error{Code::kInvalid, "a trusted proxy is no IP address: write 127.0.0.1"};
    trusted.push_back(*address);
  }
  error_code fault;
  const auto address = asio::ip::make_address(settings.address, fault);
  if (fault) return Error{Code::kInvalid, "the address to listen at is no IP address"};
  const tcp::endpoint endpoint(address, settings.port);
  acceptor.open(endpoint.protocol(), fault);
  if (!fault) acceptor.set_option(Acceptor::reuse_address(true), fault);
  if (!fault) acceptor.bind(endpoint, fault);
  if (!fault) acceptor.listen(asio::socket_base::max_listen_connections, fault);
  if (!fault) port = acceptor.local_endpoint(fault).port();
  if (fault)
    return Error{Code::kUnavailable,
                 "cannot listen there: the port is taken or the address is not this machine's"};
  return {};
}

void Server::State::run() {
  pool = std::make_unique<WorkerPool>(settings.workers, settings.queue);
  asio::co_spawn(io, accept(), asio::detached);
  asio::co_spawn(io, sweep(), asio::detached);
  io_thread = std::thread([this] { io.run(); });
}

// The IO thread ends by itself when the last connection has gone.
void Server::State::drain() {
  std::call_once(drained, [this] {
    if (!io_thread.joinable()) return;
    asio::post(io, [this] {
      draining = true;
      drain_deadline = steady_clock::now() + settings.drain_time;
      error_code ignored;
      acceptor.close(ignored);
      pause.cancel();
      close_idle();
      sweeper.cancel();
    });
    io_thread.join();
    pool.reset();
  });
}

void Server::State::close_idle() {
  error_code ignored;
  for (auto& connection : connections) {
    if (connection.idle) connection.socket.close(ignored);
  }
}

Task<void> Server::State::accept() {
  while (!draining) {
    error_code fault;
    Socket socket(io.get_executor());
    co_await acceptor.async_accept(socket, asio::redirect_error(kAwait, fault));
    if (draining) break;
    if (fault == asio::error::no_descriptors || fault == std::errc::too_many_files_open_in_system ||
        fault == asio::error::no_memory || fault == asio::error::no_buffer_space) {
      counts.refused("files");
      pause.expires_after(kPauseWithoutFiles);
      co_await pause.async_wait(asio::redirect_error(kAwait, fault));
      continue;
    }
    if (fault) continue;
    if (connections.size() >= settings.connections) {
      turn_away(socket);
      continue;
    }
    const auto peer = socket.remote_endpoint(fault);
    const auto address = fault ? std::nullopt : parse_address(peer.address().to_string());
    if (!address) continue;  // gone already
    socket.set_option(tcp::no_delay(true), fault);
    connections.push_back({std::move(socket), *address});
    counts.connections.add(1);
    asio::co_spawn(io, talk(std::prev(connections.end())), asio::detached);
  }
}

// One clock for all deadlines: an idle connection costs no timer.
Task<void> Server::State::sweep() {
  const auto shortest = std::min({settings.header_time, settings.body_time, settings.write_time,
                                  settings.idle_time, settings.drain_time});
  const auto period = std::clamp(shortest / 4, milliseconds{5}, milliseconds{500});
  while (!draining || !connections.empty()) {
    sweeper.expires_after(period);
    error_code fault;
    co_await sweeper.async_wait(asio::redirect_error(kAwait, fault));
    const auto now = steady_clock::now();
    for (auto& connection : connections) {
      if (std::min(connection.deadline, drain_deadline) > now) continue;
      connection.late = true;
      connection.socket.cancel(fault);  // who waits for it wakes up and sees `late`
    }
  }
}

void Server::State::set_deadline(Connection& connection, milliseconds time) const {
  connection.deadline = steady_clock::now() + time;
}

void Server::State::turn_away(Socket& socket) {
  counts.refused("connections");
  const auto response = busy_response();
  const auto bytes = head_of(response, response.body.size(), false) + response.body;
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(bytes), ignored);  // its buffer is empty: all of it fits
  socket.shutdown(Socket::shutdown_send, ignored);
}

// While it waits for a request, a connection holds its socket and this small frame, nothing else.
Task<void> Server::State::talk(Connections::iterator at) {
  auto& connection = *at;
  auto next = Next::kAnother;
  while (next == Next::kAnother && !draining) {
    connection.idle = true;
    set_deadline(connection, settings.idle_time);
    error_code fault;
    co_await connection.socket.async_wait(Socket::wait_read, asio::redirect_error(kAwait, fault));
    if (fault || connection.late || draining) break;
    connection.idle = false;
    beast::flat_buffer buffer;
    do {
      next = co_await exchange(connection, buffer);
    } while (next == Next::kAnother && buffer.size() > 0);
  }
  connections.erase(at);
  counts.connections.add(-1);
  if (draining && connections.empty()) sweeper.cancel();
}

// Reads until the head, or the `whole` request, is there.
Task<error_code> Server::State::feed(Connection& connection, beast::flat_buffer& buffer,
                                     Parser& parser, bool whole) {
  while (whole ? !parser.is_done() : !parser.is_header_done()) {
    error_code fault;
    if (buffer.size() > 0) {
      const auto used = parser.put(buffer.data(), fault);
      buffer.consume(used);
      if (!fault) continue;
      if (fault != beast::http::error::need_more) co_return fault;
      // Only a chunk's line or a trailer can be that long; heads are bounded by the parser.
      if (buffer.size() > settings.header_bytes) co_return beast::http::error::header_limit;
      fault = {};
    }
    const auto count = co_await connection.socket.async_read_some(
        buffer.prepare(kReadAtOnce), asio::redirect_error(kAwait, fault));
    if (connection.late) co_return asio::error::timed_out;
    if (fault) co_return fault;
    buffer.commit(count);
  }
  co_return error_code{};
}

Task<Next> Server::State::exchange(Connection& connection, beast::flat_buffer& buffer) {
  Exchange exchange(io.get_executor());
  Parser parser;
  parser.header_limit(static_cast<std::uint32_t>(settings.header_bytes));
  parser.body_limit(boost::none);  // set when the route is known

  set_deadline(connection, settings.header_time);
  auto fault = co_await feed(connection, buffer, parser, false);
  const auto step = fault ? Step::kRefuse : begin(connection, parser, exchange);
  if (!fault && step == Step::kReadBody) {
    set_deadline(connection, settings.body_time);
    const auto expect = exchange.request.header("expect");
    if (expect && ascii_lowered(*expect) == "100-continue" && buffer.size() == 0) {
      const bool told = co_await write(connection, asio::buffer(kContinue));
      if (!told) co_return Next::kClose;
      set_deadline(connection, settings.body_time);
    }
    fault = co_await feed(connection, buffer, parser, true);
    exchange.request.body = std::move(parser.get().body());
  }
  if (fault) {
    auto response = answer_to(fault, exchange.route);
    if (!response) co_return Next::kClose;
    exchange.response = std::move(*response);
  }
  if (fault || step == Step::kRefuse) co_return co_await refuse(connection, exchange);

  if (exchange.route != nullptr) {
    exchange.request.received = steady_clock::now();
    connection.deadline = TimePoint::max();  // the handler's time is not the client's
    co_await ask_handler(exchange);
  }
  if (!parser.keep_alive() || parser.get().version() != 11 || draining)
    co_return co_await refuse(connection, exchange);
  counts.answered(exchange.route, exchange.response.status);
  const bool sent = co_await send(connection, exchange, true);
  co_return sent ? Next::kAnother : Next::kClose;
}

// With the head there: fills the request and finds its route, or has an answer already.
Step Server::State::begin(const Connection& connection, Parser& parser, Exchange& exchange) {
  auto target = parse_target(view(parser.get().target()));
  if (!is_unambiguous(parser) || !target) {
    counts.refused("malformed");
    exchange.response = error_response(400, "this is no HTTP request that can be read");
    return Step::kRefuse;
  }
  read_head(connection, parser, std::move(*target), exchange.request);
  auto found = router.find(exchange.request.method, exchange.request.path);
  const bool has_body = parser.chunked() || parser.content_length().value_or(0) > 0;
  if (found.route == nullptr) {
    exchange.response = Router::not_routed(found);
    return has_body ? Step::kRefuse : Step::kAnswer;
  }
  exchange.route = found.route;
  exchange.request.parameters = std::move(found.parameters);
  const auto limit = found.route->limits.body;
  if (parser.content_length().value_or(0) > limit) {
    counts.refused("body_bytes");
    exchange.response = Router::too_large(*found.route);
    return Step::kRefuse;
  }
  if (!has_body) return Step::kAnswer;
  parser.body_limit(limit);
  parser.eager(true);
  return Step::kReadBody;
}

void Server::State::read_head(const Connection& connection, const Parser& parser, Target target,
                              Request& request) const {
  const auto& head = parser.get();
  request.method = std::string(view(head.method_string()));
  request.path = std::move(target.path);
  request.query = std::move(target.query);
  for (const auto& field : head)
    request.headers.emplace_back(ascii_lowered(view(field.name_string())), view(field.value()));
  std::vector<std::string_view> forwarded;
  for (const auto& [name, value] : request.headers) {
    if (name == "x-forwarded-for") forwarded.emplace_back(value);
  }
  request.address_prefix = prefix_of(client_of(connection.peer, forwarded, trusted));
}

// Waits for a worker, for the handler, and until the answer may go.
Task<void> Server::State::ask_handler(Exchange& exchange) {
  exchange.timer.expires_at(TimePoint::max());
  const bool taken = pool->push([this, &exchange] {
    answer(exchange);
    asio::post(io, [&exchange] { exchange.timer.cancel(); });
  });
  if (!taken) {
    counts.refused("queue");
    exchange.response = busy_response();
    co_return;
  }
  error_code woken;
  co_await exchange.timer.async_wait(asio::redirect_error(kAwait, woken));
  if (!exchange.response.not_before) co_return;
  exchange.timer.expires_at(*exchange.response.not_before);
  co_await exchange.timer.async_wait(asio::redirect_error(kAwait, woken));
}

void Server::State::answer(Exchange& exchange) {
  const auto start = steady_clock::now();
  try {
    exchange.response = exchange.route->handler(exchange.request);
    if (exchange.response.file) exchange.file = open_answer(exchange.request, exchange.response);
  } catch (...) {
    // What was thrown may hold anything; neither the client nor the log is told.
    exchange.response = Router::failed();
    if (counts.failed(exchange.route))
      log.error("a handler failed, later failures of it are only counted",
                {{"route", exchange.route->pattern}});
  }
  counts.busy(exchange.route, steady_clock::now() - start);
}

Task<bool> Server::State::send(Connection& connection, const Exchange& exchange, bool keep) {
  const auto& response = exchange.response;
  const auto length = exchange.file.is_open() ? exchange.file.size() : response.body.size();
  std::string bytes = head_of(response, length, keep);
  const bool bodiless =
      exchange.request.method == "HEAD" || response.status == 204 || response.status == 304;
  if (!bodiless && !exchange.file.is_open()) bytes += response.body;
  for (std::size_t sent = 0; sent < bytes.size(); sent += kWriteAtOnce) {
    const auto part = std::min(kWriteAtOnce, bytes.size() - sent);
    const bool written = co_await write(connection, asio::buffer(bytes.data() + sent, part));
    if (!written) co_return false;
  }
  if (bodiless || !exchange.file.is_open()) co_return true;
  bytes.resize(kWriteAtOnce);
  for (std::uint64_t sent = 0; sent < length;) {
    const auto part =
        static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), length - sent));
    const auto count = exchange.file.read(sent, std::span(bytes).first(part));
    // Cut short meanwhile: the client sees the length not kept.
    if (!count || *count != part) co_return false;
    const bool written = co_await write(connection, asio::buffer(bytes.data(), part));
    if (!written) co_return false;
    sent += part;
  }
  co_return true;
}

Task<bool> Server::State::write(Connection& connection, asio::const_buffer bytes) {
  set_deadline(connection, settings.write_time);
  error_code fault;
  co_await asio::async_write(connection.socket, bytes, asio::redirect_error(kAwait, fault));
  if (connection.late) counts.refused("write_time");
  co_return !fault && !connection.late;
}

// Sends exchange.response, after which nothing more of this connection is read.
Task<Next> Server::State::refuse(Connection& connection, Exchange& exchange) {
  counts.answered(exchange.route, exchange.response.status);
  connection.late = false;
  const bool sent = co_await send(connection, exchange, false);
  if (sent) co_await discard(connection);
  co_return Next::kClose;
}

// Why a request could not be read: counts it and gives the answer, or none for a client that has
// gone.
std::optional<Response> Server::State::answer_to(error_code fault, const Router::Route* route) {
  using beast::http::error;
  if (fault == asio::error::timed_out) {
    counts.refused(route == nullptr ? "header_time" : "body_time");
    return error_response(408, "the request did not come in time");
  }
  if (fault == error::body_limit) {
    counts.refused("body_bytes");
    return Router::too_large(*route);
  }
  if (fault == error::header_limit) {
    counts.refused("header_bytes");
    return error_response(431, "the head of the request is too large");
  }
  if (fault.category() != make_error_code(error::need_more).category()) return std::nullopt;
  counts.refused("malformed");
  return error_response(400, "this is no HTTP request that can be read");
}

Task<void> Server::State::discard(Connection& connection) {
  error_code fault;
  connection.socket.shutdown(Socket::shutdown_send, fault);
  set_deadline(connection, kDiscardTime);
  std::array<char, 1'024> nowhere;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  std::size_t discarded = 0;
  while (!fault && !connection.late && discarded < kMostDiscarded) {
    discarded += co_await connection.socket.async_read_some(asio::buffer(nowhere),
                                                            asio::redirect_error(kAwait, fault));
  }
}

const std::string& Server::State::date() {
  const auto* story = settings.story_clock;
  const auto now = story != nullptr ? story->now() : SystemClock().now();
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (second != date_second) {
    date_second = second;
    date_text = http_date(second);
  }
  return date_text;
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::start(const ServerSettings& settings, const Router& router,
                                              Log& log, Metrics& metrics) {
  auto state = std::make_unique<State>(settings, router, log, metrics);
  if (auto listening = state->listen(); !listening) return listening.error();
  state->run();
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

std::uint16_t Server::port() const {
  return state_->port;
}

void Server::drain() {
  state_->drain();
}

}  // namespace bz::http
