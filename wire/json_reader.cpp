#include "wire/json_reader.h"

#include <simdjson.h>

#include <cmath>

#include "base/base64.h"

namespace bz::wire {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;
using Parser = simdjson::dom::parser;

constexpr std::size_t kMaxDepth = 16;
// A parser that has grown beyond this is not kept for the next text.
constexpr std::size_t kMaxSpare = std::size_t{256} * 1024;
// Every whole number up to here is a double of its own.
constexpr double kExact = 9'007'199'254'740'992.0;

// A parser holds what it has read, so it belongs to the readers of one text; when the last of them
// has gone it waits here for its thread's next text, which then costs no allocation.
thread_local std::unique_ptr<Parser> spare_parser;  // NOLINT: one a thread, on purpose

void give_back(Parser* parser) {
  std::unique_ptr<Parser> owned(parser);
  if (!spare_parser && owned->capacity() <= kMaxSpare) spare_parser = std::move(owned);
}

std::shared_ptr<Parser> take_parser() {
  auto parser = std::move(spare_parser);
  if (!parser) {
    parser = std::make_unique<Parser>();
    if (parser->allocate(simdjson::dom::MINIMAL_DOCUMENT_CAPACITY, kMaxDepth)) return nullptr;
  }
  return {parser.release(), give_back};
}

Error malformed(const std::string& what) {
  return {Code::kMalformed, "JSON: " + what};
}

std::optional<std::int64_t> whole(const element& value) {
  if (std::int64_t number = 0; !value.get_int64().get(number)) return number;
  double number = 0;
  if (value.type() != element_type::DOUBLE || value.get_double().get(number)) return {};
  if (std::fabs(number) > kExact || number != std::trunc(number)) return {};
  return static_cast<std::int64_t>(number);
}

// PostgreSQL's and C's texts end at U+0000.
bool is_text(const element& value, std::string_view& text) {
  return !value.get_string().get(text) && text.find('\0') == std::string_view::npos;
}

}  // namespace

struct JsonReader::State {
  struct Member {
    std::string_view name;
    element value;
    bool asked = false;
  };

  std::shared_ptr<Parser> parser;
  std::vector<Member> members;
  std::string_view list = {};  // where this object stands, in the words of faults
  std::size_t number = 0;      // from 1; 0: not in a list
  bool others_ignored = false;
  std::string fault = {};

  static std::unique_ptr<State> of(const std::shared_ptr<Parser>& parser,
                                   const simdjson::dom::object& object) {
    auto state = std::make_unique<State>();
    state->parser = parser;
    state->members.reserve(object.size());
    for (const auto& [name, value] : object) {
      state->members.push_back({.name = name, .value = value});
    }
    return state;
  }

  void note(std::string_view name, std::string_view what) {
    if (!fault.empty()) return;
    fault = where() + std::string(name) + ' ' + std::string(what);
  }

  [[nodiscard]] std::string where() const {
    if (list.empty()) return {};
    return std::string(list) + (number > 0 ? ", entry " + std::to_string(number) : "") + ": ";
  }

  // The member of this name unless it is missing, null or there twice.
  const element* ask(std::string_view name) {
    const element* found = nullptr;
    for (auto& member : members) {
      if (member.name != name) continue;
      if (found != nullptr) note(name, "stands there twice");
      found = &member.value;
      member.asked = true;
    }
    return found == nullptr || found->is_null() ? nullptr : found;
  }
};

JsonReader::JsonReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
JsonReader::JsonReader(JsonReader&&) noexcept = default;
JsonReader& JsonReader::operator=(JsonReader&&) noexcept = default;
JsonReader::~JsonReader() = default;

Result<JsonReader> JsonReader::parse(std::string_view text, std::size_t limit) {
  if (text.empty()) return malformed("the body is empty");
  if (text.size() > limit) return malformed("larger than " + std::to_string(limit) + " bytes");
  const auto parser = take_parser();
  simdjson::error_code error = simdjson::MEMALLOC;
  element root;
  if (parser) error = parser->parse(text.data(), text.size()).get(root);
  switch (error) {
    case simdjson::SUCCESS: break;
    case simdjson::MEMALLOC: return Error{Code::kUnavailable, "JSON: out of memory"};
    case simdjson::DEPTH_ERROR: return malformed("nested too deep");
    case simdjson::NUMBER_ERROR: return malformed("a number that is none, or over 64 bits");
    case simdjson::UTF8_ERROR: return malformed("not UTF-8");
    default: return malformed("not one object of JSON");
  }
  simdjson::dom::object object;
  if (root.get_object().get(object)) return malformed("not an object");
  return JsonReader(State::of(parser, object));
}

std::optional<std::string> JsonReader::text(std::string_view name) {
  const auto* value = state_->ask(name);
  if (value == nullptr) return {};
  std::string_view text;
  if (is_text(*value, text)) return std::string(text);
  state_->note(name, "is not a text (in quotes, without U+0000)");
  return {};
}

std::optional<std::int64_t> JsonReader::integer(std::string_view name) {
  const auto* value = state_->ask(name);
  if (value == nullptr) return {};
  const auto number = whole(*value);
  if (!number) state_->note(name, "is not a whole number of at most 64 bits");
  return number;
}

std::optional<double> JsonReader::number(std::string_view name) {
  const auto* value = state_->ask(name);
  if (value == nullptr) return {};
  double number = 0;
  if (!value->get_double().get(number)) return number;
  state_->note(name, "is not a number");
  return {};
}

std::optional<bool> JsonReader::boolean(std::string_view name) {
  const auto* value = state_->ask(name);
  if (value == nullptr) return {};
  bool flag = false;
  if (!value->get_bool().get(flag)) return flag;
  state_->note(name, "is not true or false");
  return {};
}

std::optional<std::vector<std::string>> JsonReader::texts(std::string_view name) {
  const auto* value = state_->ask(name);
  if (value == nullptr) return {};
  simdjson::dom::array array;
  bool right = !value->get_array().get(array);
  std::vector<std::string> texts;
  if (right) {
    for (const auto& entry : array) {
      std::string_view text;
      right = right && is_text(entry, text);
      if (!right) break;
      texts.emplace_back(text);
    }
  }
  if (right) return texts;
  state_->note(name, "is not a list of texts");
  return {};
}

std::optional<Bytes> JsonReader::base64(std::string_view name) {
  const auto* value = state_->ask(name);
  if (value == nullptr) return {};
  if (std::string_view text; !value->get_string().get(text)) {
    if (auto bytes = from_base64(text)) return std::move(*bytes);
  }
  state_->note(name, "is not base64");
  return {};
}

std::optional<JsonReader> JsonReader::object(std::string_view name) {
  const auto* value = state_->ask(name);
  if (value == nullptr) return {};
  if (simdjson::dom::object object; !value->get_object().get(object)) {
    auto state = State::of(state_->parser, object);
    state->list = name;
    return JsonReader(std::move(state));
  }
  state_->note(name, "is not an object");
  return {};
}

std::optional<std::vector<JsonReader>> JsonReader::objects(std::string_view name,
                                                           std::size_t most) {
  const auto* value = state_->ask(name);
  if (value == nullptr) return {};
  simdjson::dom::array array;
  bool right = !value->get_array().get(array);
  if (right && array.size() > most) {
    state_->note(name, "has more than " + std::to_string(most) + " entries");
    return {};
  }
  std::vector<JsonReader> readers;
  if (right) {
    readers.reserve(array.size());
    for (const auto& entry : array) {
      simdjson::dom::object object;
      right = !entry.get_object().get(object);
      if (!right) break;
      auto state = State::of(state_->parser, object);
      state->list = name;
      state->number = readers.size() + 1;
      readers.push_back(JsonReader(std::move(state)));
    }
  }
  if (right) return readers;
  state_->note(name, "is not a list of objects");
  return {};
}

void JsonReader::ignore(std::string_view name) {
  state_->ask(name);
}

void JsonReader::ignore_others() {
  state_->others_ignored = true;
}

bool JsonReader::has(std::string_view name) const {
  for (const auto& member : state_->members) {
    if (member.name == name && !member.value.is_null()) return true;
  }
  return false;
}

Result<void> JsonReader::done() const {
  if (!state_->fault.empty()) return malformed(state_->fault);
  if (state_->others_ignored) return {};
  for (const auto& member : state_->members) {
    if (!member.asked) return malformed(state_->where() + "a member that is not known here");
  }
  return {};
}

}  // namespace bz::wire
