#include "wire/json_writer.h"

#include <utility>

namespace bz::wire {
namespace {

void append_text(std::string& out, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 0x0FU];
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace

std::string json_text(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  append_text(out, text);
  return out;
}

void JsonWriter::name(std::string_view name) {
  if (out_.size() > 1) out_ += ',';
  append_text(out_, name);
  out_ += ':';
}

JsonWriter& JsonWriter::text(std::string_view name, std::string_view value) {
  this->name(name);
  append_text(out_, value);
  return *this;
}

JsonWriter& JsonWriter::text_if_any(std::string_view name, std::string_view value) {
  return value.empty() ? *this : text(name, value);
}

JsonWriter& JsonWriter::texts(std::string_view name, std::span<const std::string> values) {
  this->name(name);
  out_ += '[';
  for (const auto& value : values) {
    if (out_.back() != '[') out_ += ',';
    append_text(out_, value);
  }
  out_ += ']';
  return *this;
}

JsonWriter& JsonWriter::integer(std::string_view name, std::int64_t value) {
  return json(name, std::to_string(value));
}

JsonWriter& JsonWriter::boolean(std::string_view name, bool value) {
  return json(name, value ? "true" : "false");
}

JsonWriter& JsonWriter::json(std::string_view name, std::string_view json) {
  this->name(name);
  out_ += json;
  return *this;
}

JsonWriter& JsonWriter::list(std::string_view name, std::span<const std::string> entries) {
  this->name(name);
  out_ += '[';
  for (const auto& entry : entries) {
    if (out_.back() != '[') out_ += ',';
    out_ += entry;
  }
  out_ += ']';
  return *this;
}

std::string JsonWriter::done() {
  out_ += '}';
  return std::move(out_);
}

}  // namespace bz::wire
