#include "phone/report.h"

#include <algorithm>
#include <utility>

#include "base/base64.h"
#include "base/date.h"
#include "phone/revision.h"
#include "wire/json_reader.h"
#include "wire/tekmac.h"

namespace bz::phone {
namespace {

constexpr std::string_view kName = "report";
constexpr std::size_t kMostState = 32'768;

Error damaged() {
  return {Code::kMalformed, "the log is damaged: the report under way cannot be read; give it up"};
}

// As the upload's JSON has a key.
std::vector<std::string> key_texts(const std::vector<engine::DayKey>& keys) {
  std::vector<std::string> texts;
  texts.reserve(keys.size());
  for (const auto& key : keys) texts.push_back(to_base64(key.bytes));
  return texts;
}

Digest tekmac_of(const std::vector<engine::DayKey>& keys, ByteView secret) {
  const auto texts = key_texts(keys);
  std::vector<wire::KeyText> entries;
  for (std::size_t i = 0; i < keys.size(); ++i)
    entries.push_back({texts[i], keys[i].start.number, keys[i].period, 0});
  return wire::tekmac(entries, secret, true);
}

Day newest_day(const std::vector<engine::DayKey>& keys) {
  Day newest;
  for (const auto& key : keys) newest = std::max(newest, day_of(start_of(key.start)));
  return newest;
}

}  // namespace

Day first_infectious_day(const TestResult& test, Day today, std::chrono::days before_symptoms) {
  if (test.type == wire::TestType::kContact) return test.test.value_or(today);
  const auto onset = test.symptoms ? *test.symptoms
                     : test.test   ? *test.test
                                   : today - kOnsetWhenUnknown;
  return onset - before_symptoms;
}

Day first_chain_day(const TestResult& test, Day today, std::chrono::days before_symptoms) {
  return first_infectious_day(test, today, std::min(before_symptoms, kInfectiousBeforeSymptoms));
}

// What is kept, as JSON.
struct Report::State {
  Sending sending;
  TestResult test;
  // The server would not have what was agreed to: other codes may take its place until there is
  // consent again.
  bool refused = false;
  bool without_token = false;  // the server has not taken the revision token
  std::vector<engine::DayKey> keys;

  [[nodiscard]] std::string write() const {
    const auto day = [](std::optional<Day> d) {
      return d ? std::to_string(d->time_since_epoch().count()) : std::string("null");
    };
    std::string json = '{' + sending.members() + ",\"type\":\"" +
                       to_base64(as_bytes(wire::word(test.type))) +
                       "\",\"symptoms\":" + day(test.symptoms) + ",\"test\":" + day(test.test) +
                       ",\"refused\":" + (refused ? "true" : "false") +
                       ",\"without_token\":" + (without_token ? "true" : "false") + ",\"keys\":[";
    for (const auto& key : keys) {
      if (json.back() != '[') json += ',';
      json += "{\"key\":\"" + to_base64(key.bytes) +
              "\",\"start\":" + std::to_string(key.start.number) +
              ",\"period\":" + std::to_string(key.period) + '}';
    }
    return json + "]}";
  }

  static Result<State> read(std::string_view json) {
    auto reader = wire::JsonReader::parse(json, kMostState);
    if (!reader) return damaged();
    const auto day = [&reader](std::string_view name) -> std::optional<Day> {
      const auto number = reader->integer(name);
      if (!number) return std::nullopt;
      return Day{std::chrono::days{*number}};
    };
    State state;
    state.sending.read_members(*reader);
    const auto word = reader->base64("type").value_or(Bytes{});
    const auto type = wire::test_type(as_text(word));
    state.test.symptoms = day("symptoms");
    state.test.test = day("test");
    state.refused = reader->boolean("refused").value_or(false);
    state.without_token = reader->boolean("without_token").value_or(false);
    auto keys = reader->objects("keys");
    if (!reader->done() || !type || !keys) return damaged();
    state.test.type = *type;
    for (auto& entry : *keys) {
      const auto bytes = entry.base64("key");
      const auto start = entry.integer("start");
      const auto period = entry.integer("period");
      engine::DayKey key;
      if (!entry.done() || !bytes || bytes->size() != key.bytes.size() || !start || !period)
        return damaged();
      std::ranges::copy(*bytes, key.bytes.begin());
      key.start.number = static_cast<std::uint32_t>(*start);
      key.period = static_cast<std::uint32_t>(*period);
      state.keys.push_back(key);
    }
    return state;
  }
};

Result<Report::State> Report::state() {
  const auto kept = store_->kept(kName);
  if (!kept) return kept.error();
  if (!*kept)
    return Error{Code::kNotFound, "no code has been handed in; ask the health officer for one"};
  return State::read(as_text(**kept));
}

Result<void> Report::keep(const State& state) {
  return store_->keep(kName, as_bytes(state.write()));
}

Result<Report::Stage> Report::stage() {
  const auto now = state();
  if (!now && now.error().code == Code::kNotFound) return Stage::kNothing;
  if (!now) return now.error();
  return now->sending.agreed ? Stage::kAgreed : Stage::kCodeTaken;
}

Result<bool> Report::takes_code() {
  const auto before = state();
  if (!before && before.error().code != Code::kNotFound) return before.error();
  if (before && before->refused) return true;
  if (before && before->sending.agreed) return false;
  const auto chains = chains_.stage();
  if (!chains) return chains.error();
  return *chains != ChainReport::Stage::kAgreed;
}

Result<TestResult> Report::enter_code(Transport& transport, std::string_view code, Instant now) {
  const auto taking = takes_code();
  if (!taking) return taking.error();
  if (!*taking)
    return Error{Code::kConflict,
                 "an upload that was agreed to is not sent yet: send it, or give it up"};
  const auto answer = transport.verify(code);
  if (!answer) return answer.error();
  const auto type = wire::test_type(answer->test_type);
  if (!type)
    return Error{Code::kMalformed,
                 "the server named a kind of test that this program does not know"};
  const auto chains = chains_.stage();
  if (!chains) return chains.error();
  const bool chains_wait = *chains == ChainReport::Stage::kAgreed;
  State taken;
  // Chains wait beside it: then the day keys were refused, and any further code is taken, too.
  taken.refused = chains_wait;
  taken.sending.token = answer->token;
  taken.test = {*type, day_from_text(answer->symptom_date), day_from_text(answer->test_date)};
  // What an earlier code offered goes first.
  if (!chains_wait) {
    if (auto ok = chains_.give_up(); !ok) return ok.error();
  }
  auto transaction = Transaction::begin(store_->database());
  if (!transaction) return transaction.error();
  if (auto ok = keep(taken); !ok) return ok.error();
  if (!answer->chains_token.empty() && !chains_wait) {
    if (auto ok = chains_.offer(answer->chains_token, now); !ok) return ok.error();
  }
  if (auto ok = transaction->commit(); !ok) return ok.error();
  return taken.test;
}

Result<TestResult> Report::test() {
  const auto now = state();
  if (!now) return now.error();
  return now->test;
}

Result<void> Report::agree(const Upload& upload, Instant now) {
  auto taken = state();
  if (!taken) return taken.error();
  if (taken->sending.agreed)
    return Error{Code::kConflict, "an upload was agreed to already: send it, or give it up"};
  if (upload.keys().empty())
    return Error{Code::kInvalid, "this phone has no key of those days: there is nothing to send"};
  if (auto ended = keys_->end_current(now); !ended) return ended;
  if (auto ended = keys_->end_as_sent(upload.keys()); !ended) return ended;
  taken->sending.agreed = true;
  taken->refused = false;
  taken->without_token = false;
  taken->keys = upload.keys();
  taken->sending.secret.resize(kSecretSize);
  store_->random().fill(taken->sending.secret);
  return keep(*taken);
}

Error Report::note_refusal(State& state, const Error& error) {
  const bool for_good = error.code == Code::kDenied || error.code == Code::kInvalid;
  if (for_good && !state.refused) {
    state.refused = true;
    if (auto ok = keep(state); !ok) return ok.error();
  }
  return error;
}

Result<wire::PublishAnswer> Report::send(Transport& transport) {
  auto agreed = state();
  if (!agreed) return agreed.error();
  auto& sending = agreed->sending;
  if (!sending.agreed) return Error{Code::kNotFound, "nothing was agreed to: nothing is sent"};
  Revision revision(*store_);
  auto token = revision.token();
  if (!token) return token.error();
  if (agreed->without_token) token->clear();
  SendingCalls calls;
  calls.keep = [&] { return keep(*agreed); };
  calls.publish = [&] {
    return transport.publish(Upload(agreed->keys, *token), sending.certificate, sending.secret);
  };
  auto answer = phone::send(transport, sending, tekmac_of(agreed->keys, sending.secret), calls);
  if (!answer && answer.error().code == Code::kConflict && !token->empty()) {
    // Not within this visit, which has the calls of every other.
    agreed->without_token = true;
    if (auto ok = keep(*agreed); !ok) return ok.error();
    return Error{Code::kUnavailable,
                 "the server does not take this phone's revision token; the next try goes without"};
  }
  if (!answer) return note_refusal(*agreed, answer.error());
  // First: who is killed in between sends the same once more, with this token, and gets another.
  if (auto ok = revision.keep(answer->revision_token, newest_day(agreed->keys)); !ok)
    return ok.error();
  if (auto ok = store_->drop(kName); !ok) return ok.error();
  return answer;
}

Result<void> Report::give_up() {
  if (auto ok = chains_.give_up(); !ok) return ok;
  return store_->drop(kName);
}

}  // namespace bz::phone
