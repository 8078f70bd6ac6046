#include "store/postgres_connection.h"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "store/postgres_value.h"
#include "store/statement_cache.h"

namespace bz::store {
namespace {

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
  void operator()(PGresult* result) const { PQclear(result); }
};
using Session = std::unique_ptr<PGconn, Finish>;
using Answer = std::unique_ptr<PGresult, Finish>;

// How many statements are sent before their answers are read: more would fill the socket both ways,
// and each side would wait for the other.
constexpr std::size_t kStatementsAhead = 200;
static_assert(kStatementsAhead < kMostStatements);

bool is_good(const PGresult* answer) {
  const auto status = PQresultStatus(answer);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE ||
         status == PGRES_PIPELINE_SYNC;
}

std::string_view state_of(const PGresult* answer) {
  const char* const state = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
  return state == nullptr ? std::string_view{} : std::string_view{state};
}

std::string first_line(const char* text) {
  std::string line = text == nullptr ? "" : text;
  return line.substr(0, line.find('\n'));
}

// https://www.postgresql.org/docs/15/errcodes-appendix.html. The server's own words only where they
// are about the statement: elsewhere they may hold what was in it.
Error postgres_error(const PGresult* answer) {
  const auto state = state_of(answer);
  const auto number = " (PostgreSQL " + std::string(state) + ")";
  const auto words = [&] {
    return first_line(PQresultErrorField(answer, PG_DIAG_MESSAGE_PRIMARY)) + number;
  };
  if (state.empty() || state.starts_with("08") || state.starts_with("57P")) {
    return {Code::kUnavailable, "the connection to PostgreSQL was lost" + number};
  }
  if (state == "53100") return {Code::kUnavailable, "no room left on PostgreSQL's disk"};
  if (state.starts_with("53") || state.starts_with("58") || state.starts_with("57") ||
      state == "25006" || state == "25P03") {
    return {Code::kUnavailable, "PostgreSQL: " + words()};
  }
  if (state.starts_with("40") || state == "55P03") {
    return {Code::kUnavailable, "PostgreSQL: another transaction was in the way" + number};
  }
  if (state.starts_with("23")) return {Code::kConflict, "refused by a constraint" + number};
  if (state.starts_with("XX")) return {Code::kMalformed, "the database is damaged" + number};
  if (state == "42501") {
    return {Code::kUnavailable, "PostgreSQL: " + words() + "; grant it to the user of --database"};
  }
  if (state.starts_with("42")) return {Code::kInvalid, "PostgreSQL: " + words()};
  return {Code::kInvalid, "PostgreSQL refused the statement" + number};
}

class PostgresRow final : public Row {
 public:
  explicit PostgresRow(const PGresult* row) : row_(row) {}
  [[nodiscard]] bool is_null(int column) const override {
    return PQgetisnull(row_, 0, column) != 0;
  }
  [[nodiscard]] std::int64_t integer(int column) const override {
    return is_null(column) ? 0 : integer_from_postgres(PQftype(row_, column), blob(column));
  }
  [[nodiscard]] std::string_view text(int column) const override { return as_text(blob(column)); }
  [[nodiscard]] ByteView blob(int column) const override {
    return {reinterpret_cast<const std::uint8_t*>(PQgetvalue(row_, 0, column)),
            static_cast<std::size_t>(PQgetlength(row_, 0, column))};
  }

 private:
  const PGresult* row_;
};

class PostgresConnection final : public Connection {
 public:
  PostgresConnection(std::string url, std::string_view schema)
      : url_(std::move(url)), schema_(schema) {}

  Result<void> connect();

  [[nodiscard]] bool is_postgres() const override { return true; }
  [[nodiscard]] bool is_worth_repeating() const override { return is_worth_repeating_; }
  [[nodiscard]] bool outcome_is_unknown() const override { return outcome_is_unknown_; }
  Result<void> tidy() override { return {}; }

 protected:
  Result<void> do_begin(For purpose) override;
  Result<void> do_commit() override;
  void do_roll_back() override;
  Result<void> execute(std::string_view sql) override;
  Result<std::int64_t> do_run(std::string_view sql, Parameters parameters) override;
  Result<std::int64_t> do_run_each(std::string_view sql, std::size_t width,
                                   Parameters values) override;
  Result<void> do_each(std::string_view sql, Parameters parameters,
                       const RowVisitor& visit) override;
  Result<void> do_script(std::string_view sql) override;
  Result<void> do_share(std::string_view name) override;
  Result<void> do_lock(std::string_view name) override;

 private:
  using Name = std::string;  // of a prepared statement

  Error failed(const PGresult* answer);
  Result<void> set_up();
  // Before prepare(), whose names are good until then: forgets all statements where `count` more
  // would be too many.
  Result<void> make_room(std::size_t count);
  Result<const Name*> prepare(std::string_view sql, Parameters parameters);
  Result<std::int64_t> run_pipelined(std::span<const Name* const> names, std::size_t width,
                                     Parameters values);
  Result<void> advisory(std::string_view function, std::string_view name);
  [[nodiscard]] bool is_lost() const {
    return session_ == nullptr || PQstatus(session_.get()) == CONNECTION_BAD;
  }

  std::string url_;
  std::string schema_;
  Session session_;
  // By text and types: a NULL has none of its own, and takes the one that the server finds for it.
  ByText<Name> statements_;
  bool is_worth_repeating_ = false;
  bool outcome_is_unknown_ = false;
};

Error PostgresConnection::failed(const PGresult* answer) {
  const auto state = state_of(answer);
  is_worth_repeating_ = is_lost() || state == "40001" || state == "40P01";
  return postgres_error(answer);
}

Result<void> PostgresConnection::connect() {
  statements_.clear();
  std::vector<const char*> names;
  std::vector<const char*> values;
  const auto set = [&](const char* name, const char* value) {
    names.push_back(name);
    values.push_back(value);
  };
  // How long a dead server is waited for: to connect, to take what was sent, to answer.
  set("connect_timeout", "5");
  set("tcp_user_timeout", "20000");
  set("keepalives_idle", "10");
  set("keepalives_interval", "5");
  set("keepalives_count", "3");
  set("application_name", "bluezone");
  // What stands before the address may be overruled by it, what stands after it not.
  set("dbname", url_.c_str());
  set("client_encoding", "UTF8");
  set(nullptr, nullptr);
  session_.reset(PQconnectdbParams(names.data(), values.data(), 1));
  if (is_lost()) {
    const Error error{Code::kUnavailable, "PostgreSQL cannot be reached: " +
                                              first_line(PQerrorMessage(session_.get()))};
    session_.reset();
    return error;
  }
  PQsetNoticeProcessor(
      session_.get(), [](void*, const char*) {}, nullptr);
  auto ready = set_up();
  if (!ready) session_.reset();
  return ready;
}

Result<void> PostgresConnection::set_up() {
  // A server of ours that hangs must not keep its locks for ever.
  const auto settings =
      "SET search_path TO \"" + schema_ + "\"; SET idle_in_transaction_session_timeout = '60s'";
  if (auto set = execute(settings); !set) return set;
  const Answer answer(PQexec(session_.get(),
                             "SELECT current_setting('synchronous_commit'), "
                             "current_setting('fsync'), current_setting('server_encoding')"));
  if (!is_good(answer.get())) return postgres_error(answer.get());
  const std::string_view commit = PQgetvalue(answer.get(), 0, 0);
  const std::string_view fsync = PQgetvalue(answer.get(), 0, 1);
  const std::string_view encoding = PQgetvalue(answer.get(), 0, 2);
  if (commit != "on" && !commit.starts_with("remote_")) {
    return Error{Code::kUnavailable,
                 "PostgreSQL would acknowledge what it can still lose: set synchronous_commit = on "
                 "(it is " +
                     std::string(commit) + ") for this server, database and user"};
  }
  if (fsync != "on") {
    return Error{Code::kUnavailable,
                 "PostgreSQL would lose data in a power cut: set fsync = on in postgresql.conf"};
  }
  if (encoding != "UTF8") {
    return Error{Code::kUnavailable,
                 "the database's encoding is not UTF8: make it with CREATE DATABASE … ENCODING "
                 "'UTF8' TEMPLATE template0"};
  }
  return {};
}

Result<void> PostgresConnection::execute(std::string_view sql) {
  const Answer answer(PQexec(session_.get(), std::string(sql).c_str()));
  if (!is_good(answer.get())) return failed(answer.get());
  return {};
}

Result<void> PostgresConnection::do_begin(For purpose) {
  is_worth_repeating_ = false;
  outcome_is_unknown_ = false;
  const auto* const sql =
      purpose == For::kWriting ? "BEGIN" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
  if (!is_lost()) {
    auto begun = execute(sql);
    if (begun || !is_lost()) return begun;
  }
  // Idle for long, or the server was restarted.
  if (auto connected = connect(); !connected) return connected;
  return execute(sql);
}

Result<void> PostgresConnection::do_commit() {
  const Answer answer(PQexec(session_.get(), "COMMIT"));
  if (is_good(answer.get())) {
    if (std::string_view(PQcmdStatus(answer.get())) == "COMMIT") return {};
    return Error{Code::kUnavailable, "PostgreSQL rolled the transaction back"};
  }
  auto error = failed(answer.get());
  if (is_lost()) {
    is_worth_repeating_ = false;
    outcome_is_unknown_ = true;
    error.what += " during a commit: it may have happened or not";
  }
  return error;
}

void PostgresConnection::do_roll_back() {
  if (is_lost() || PQtransactionStatus(session_.get()) == PQTRANS_IDLE) return;
  const Answer answer(PQexec(session_.get(), "ROLLBACK"));
  if (!is_good(answer.get())) session_.reset();
}

Result<void> PostgresConnection::make_room(std::size_t count) {
  if (statements_.size() + count <= kMostStatements) return {};
  if (auto done = execute("DEALLOCATE ALL"); !done) return done;
  statements_.clear();
  return {};
}

Result<const PostgresConnection::Name*> PostgresConnection::prepare(std::string_view sql,
                                                                    Parameters parameters) {
  std::vector<Oid> types;
  std::string key(sql);
  key.reserve(sql.size() + 1 + parameters.size());
  key += '\0';
  for (const auto& parameter : parameters) {
    types.push_back(postgres_type(parameter));
    key += static_cast<char>(types.back());
  }
  if (const auto found = statements_.find(key); found != statements_.end()) return &found->second;
  auto name = "s" + std::to_string(statements_.size());
  const Answer answer(PQprepare(session_.get(), name.c_str(), std::string(sql).c_str(),
                                static_cast<int>(types.size()), types.data()));
  if (!is_good(answer.get())) return failed(answer.get());
  return &statements_.emplace(std::move(key), std::move(name)).first->second;
}

std::int64_t changed_by(PGresult* answer) {
  return std::strtoll(PQcmdTuples(answer), nullptr, 10);
}

Result<std::int64_t> PostgresConnection::do_run(std::string_view sql, Parameters parameters) {
  if (auto room = make_room(1); !room) return room.error();
  const auto name = prepare(sql, parameters);
  if (!name) return name.error();
  const PostgresParameters given(parameters);
  const Answer answer(PQexecPrepared(session_.get(), (*name)->c_str(), given.count(),
                                     given.values.data(), given.lengths.data(),
                                     given.formats.data(), 1));
  if (!is_good(answer.get())) return failed(answer.get());
  return changed_by(answer.get());
}

bool have_same_types(Parameters one, Parameters other) {
  return std::ranges::equal(one, other, {}, postgres_type, postgres_type);
}

Result<std::int64_t> PostgresConnection::do_run_each(std::string_view sql, std::size_t width,
                                                     Parameters values) {
  std::int64_t changed = 0;
  std::vector<const Name*> names;
  const auto most = kStatementsAhead * width;
  for (std::size_t from = 0; from < values.size(); from += most) {
    const auto part = values.subspan(from, std::min(most, values.size() - from));
    names.clear();
    if (auto room = make_room(part.size() / width); !room) return room.error();
    for (std::size_t at = 0; at < part.size(); at += width) {
      const auto row = part.subspan(at, width);
      if (at > 0 && have_same_types(row, part.subspan(at - width, width))) {
        names.push_back(names.back());
        continue;
      }
      const auto name = prepare(sql, row);
      if (!name) return name.error();
      names.push_back(*name);
    }
    const auto done = run_pipelined(names, width, part);
    if (!done) return done;
    changed += *done;
  }
  return changed;
}

Result<std::int64_t> PostgresConnection::run_pipelined(std::span<const Name* const> names,
                                                       std::size_t width, Parameters values) {
  PQenterPipelineMode(session_.get());
  bool sent = true;
  for (std::size_t i = 0; sent && i < names.size(); ++i) {
    const PostgresParameters given(values.subspan(i * width, width));
    sent =
        PQsendQueryPrepared(session_.get(), names[i]->c_str(), given.count(), given.values.data(),
                            given.lengths.data(), given.formats.data(), 1) == 1;
  }
  std::optional<Error> error;
  std::int64_t changed = 0;
  if (!sent || PQpipelineSync(session_.get()) != 1) error = failed(nullptr);
  bool at_end = error.has_value();
  for (bool after_null = false; !at_end;) {
    const Answer answer(PQgetResult(session_.get()));
    if (answer == nullptr) {
      // One is the end of a statement's answers. Two: nothing more will come, though libpq 15 may
      // not call the connection bad, as after a notice of a backend that was killed while idle.
      if (!after_null && !is_lost()) {
        after_null = true;
        continue;
      }
      session_.reset();
      if (!error) error = failed(nullptr);
      is_worth_repeating_ = true;
      return *error;
    }
    after_null = false;
    at_end = PQresultStatus(answer.get()) == PGRES_PIPELINE_SYNC;
    if (is_good(answer.get())) {
      changed += changed_by(answer.get());
    } else if (!error) {
      error = failed(answer.get());  // the first one tells why: the others were skipped
    }
  }
  if (PQexitPipelineMode(session_.get()) != 1) session_.reset();
  if (error) return *error;
  return changed;
}

Result<void> PostgresConnection::do_each(std::string_view sql, Parameters parameters,
                                         const RowVisitor& visit) {
  if (auto room = make_room(1); !room) return room;
  const auto name = prepare(sql, parameters);
  if (!name) return name.error();
  const PostgresParameters given(parameters);
  if (PQsendQueryPrepared(session_.get(), (*name)->c_str(), given.count(), given.values.data(),
                          given.lengths.data(), given.formats.data(), 1) != 1) {
    return failed(nullptr);
  }
  PQsetSingleRowMode(session_.get());
  std::optional<Error> error;
  bool wanted = true;
  bool is_whole = false;
  // To the end in any case: the connection is of use again only then.
  for (;;) {
    const Answer answer(PQgetResult(session_.get()));
    if (answer == nullptr) break;
    is_whole = PQresultStatus(answer.get()) == PGRES_TUPLES_OK ||
               PQresultStatus(answer.get()) == PGRES_COMMAND_OK;
    if (!is_good(answer.get())) {
      if (!error) error = failed(answer.get());
    } else if (wanted && PQresultStatus(answer.get()) == PGRES_SINGLE_TUPLE) {
      const auto more = visit(PostgresRow(answer.get()));
      if (!more) error = more.error();
      wanted = more && *more;
    }
  }
  if (error) return *error;
  if (!is_whole) return failed(nullptr);
  return {};
}

Result<void> PostgresConnection::do_script(std::string_view sql) {
  return execute(to_postgres(sql));
}

Result<void> PostgresConnection::do_share(std::string_view name) {
  return advisory("SELECT pg_advisory_xact_lock_shared($1)", name);
}

Result<void> PostgresConnection::do_lock(std::string_view name) {
  return advisory("SELECT pg_advisory_xact_lock($1)", name);
}

// The database has one space of numbers for all: ours are far apart by chance.
Result<void> PostgresConnection::advisory(std::string_view function, std::string_view name) {
  const auto digest = sha256(as_bytes("bluezone/" + schema_ + "/" + std::string(name)));
  const Parameter key = static_cast<std::int64_t>(get_le(std::span(digest).first(8)));
  const auto done = do_run(function, Parameters{&key, 1});
  if (!done) return done.error();
  return {};
}

}  // namespace

Result<std::unique_ptr<Connection>> connect_postgres(const std::string& url,
                                                     std::string_view schema) {
  auto connection = std::make_unique<PostgresConnection>(url, schema);
  if (const auto connected = connection->connect(); !connected) return connected.error();
  return std::unique_ptr<Connection>(std::move(connection));
}

}  // namespace bz::store
