#include "phone/chain_report.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/base64.h"
#include "phone/drawn_times.h"
#include "wire/json_reader.h"
#include "wire/tekmac.h"

namespace bz::phone {
namespace {

using engine::PublishedChain;
using std::chrono::milliseconds;

constexpr std::size_t kMostState = 32'768;

Error damaged() {
  return {Code::kMalformed, "the log is damaged: the report of chains cannot be read; give it up"};
}

Digest tekmac_of(const std::vector<PublishedChain>& chains, ByteView secret) {
  std::vector<wire::UploadedChain> sent;
  for (const auto& chain : chains) sent.push_back(wire::uploaded(chain));
  std::vector<wire::ChainText> texts;
  for (const auto& chain : sent)
    texts.push_back({chain.key, chain.time_start_s, chain.time_end_s, chain.max});
  return wire::chain_tekmac(texts, secret);
}

milliseconds drawn_wait(Random& random, const ChainDelay& delay, milliseconds left) {
  const auto most = std::clamp(left / 2, milliseconds{0}, delay.most);
  return draw_between(random, std::min(delay.least, most), most);
}

}  // namespace

// What is kept, as JSON.
struct ChainReport::State {
  Sending sending;
  Instant offered;
  Instant agreed;  // once it is: the moment at which the chain ended
  Instant due;
  std::vector<PublishedChain> chains;

  [[nodiscard]] std::string write() const {
    std::string json = '{' + sending.members() + ",\"offered\":" + std::to_string(to_ms(offered)) +
                       ",\"ended\":" + std::to_string(to_ms(agreed)) +
                       ",\"due\":" + std::to_string(to_ms(due)) + ",\"chains\":[";
    for (const auto& chain : chains) {
      if (json.back() != '[') json += ',';
      json += "{\"key\":\"" + to_base64(chain.daily_key) +
              "\",\"start\":" + std::to_string(to_ms(chain.start)) +
              ",\"end\":" + std::to_string(to_ms(chain.end)) +
              ",\"max\":" + std::to_string(chain.ids_per_day) + '}';
    }
    return json + "]}";
  }

  static Result<State> read(std::string_view json) {
    auto reader = wire::JsonReader::parse(json, kMostState);
    if (!reader) return damaged();
    State state;
    state.sending.read_members(*reader);
    const auto offered = reader->integer("offered");
    const auto agreed = reader->integer("ended");
    const auto due = reader->integer("due");
    auto chains = reader->objects("chains");
    if (!reader->done() || !offered || !agreed || !due || !chains) return damaged();
    state.offered = from_ms(*offered);
    state.agreed = from_ms(*agreed);
    state.due = from_ms(*due);
    for (auto& entry : *chains) {
      const auto key = entry.base64("key");
      const auto start = entry.integer("start");
      const auto end = entry.integer("end");
      const auto max = entry.integer("max");
      PublishedChain chain;
      if (!entry.done() || !key || key->size() != chain.daily_key.size() || !start || !end || !max)
        return damaged();
      std::ranges::copy(*key, chain.daily_key.begin());
      chain.start = from_ms(*start);
      chain.end = from_ms(*end);
      chain.ids_per_day = static_cast<std::int32_t>(*max);
      state.chains.push_back(chain);
    }
    return state;
  }
};

Result<std::optional<ChainReport::State>> ChainReport::state() {
  const auto kept = store_->kept(kName);
  if (!kept) return kept.error();
  if (!*kept) return std::optional<State>{};
  auto state = State::read(as_text(**kept));
  if (!state) return state.error();
  return std::optional<State>(std::move(*state));
}

Result<void> ChainReport::keep(const State& state) {
  return store_->keep(kName, as_bytes(state.write()));
}

Result<ChainReport::Stage> ChainReport::stage() {
  const auto now = state();
  if (!now) return now.error();
  if (!*now) return Stage::kNothing;
  return (**now).sending.agreed ? Stage::kAgreed : Stage::kOffered;
}

Result<void> ChainReport::offer(std::string_view token, Instant now) {
  State offered;
  offered.sending.token = token;
  offered.offered = offered.agreed = offered.due = now;
  return keep(offered);
}

Result<void> ChainReport::agree(const ChainUpload& upload, Instant now, const ChainDelay& delay) {
  auto offered = state();
  if (!offered) return offered.error();
  if (!*offered)
    return Error{Code::kNotFound, "the authority has not asked for chains with this code"};
  auto& state = **offered;
  if (state.sending.agreed)
    return Error{Code::kConflict, "chains were agreed to already: send them, or give them up"};
  const auto& chains = upload.chains();
  if (chains.empty())
    return Error{Code::kInvalid, "this phone has no chain of those days: there is nothing to send"};
  // What was shown at a later time than this would be said on.
  if (std::ranges::any_of(chains, [now](const PublishedChain& chain) { return chain.end > now; }))
    return Error{Code::kConflict, "the clock went back: look again at what would be sent"};
  state.sending.agreed = true;
  state.sending.secret.resize(kSecretSize);
  store_->random().fill(state.sending.secret);
  state.agreed = now;
  state.due = now + drawn_wait(store_->random(), delay, state.offered + kTokenLife - now);
  state.chains = chains;

  auto transaction = Transaction::begin(store_->database());
  if (!transaction) return transaction.error();
  if (auto ended = chains_->end_current(now); !ended) return ended;
  if (auto ok = keep(state); !ok) return ok;
  return transaction->commit();
}

Result<std::optional<Instant>> ChainReport::due() {
  const auto now = state();
  if (!now) return now.error();
  if (!*now || !(**now).sending.agreed) return std::optional<Instant>{};
  return std::optional((**now).due);
}

Result<wire::PublishAnswer> ChainReport::send(Transport& transport) {
  auto kept = state();
  if (!kept) return kept.error();
  if (!*kept || !(**kept).sending.agreed)
    return Error{Code::kNotFound, "no chains were agreed to: none are sent"};
  auto& state = **kept;
  auto& sending = state.sending;
  SendingCalls calls;
  calls.keep = [&] { return keep(state); };
  calls.publish = [&] {
    return transport.publish_chains(ChainUpload(state.chains), sending.certificate, sending.secret);
  };
  auto answer = phone::send(transport, sending, tekmac_of(state.chains, sending.secret), calls);
  if (!answer) {
    const auto code = answer.error().code;
    if (code == Code::kDenied || code == Code::kInvalid) {
      if (auto ok = give_up(); !ok) return ok.error();
    }
    return answer;
  }
  // In this order: killed between the two, the same upload goes once more and does no harm.
  if (auto ok = chains_->forget_ended(state.agreed); !ok) return ok.error();
  if (auto ok = give_up(); !ok) return ok.error();
  return answer;
}

}  // namespace bz::phone
