// An object that is read must, written again, be read as the same.
#include <cstdlib>

#include "base/base64.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"

namespace {

using bz::wire::JsonReader;
using bz::wire::JsonWriter;

struct Value {
  std::optional<std::string> text = {};
  std::optional<std::int64_t> integer = {};
  std::optional<bool> boolean = {};
  std::optional<std::vector<std::string>> texts = {};
  std::optional<bz::Bytes> base64 = {};
  std::vector<Value> object = {};  // one or none
  std::optional<std::vector<Value>> objects = {};

  bool operator==(const Value&) const = default;
};

// Nothing when the reader found a fault. As deep as the reader lets a text be nested.
std::optional<Value> read(JsonReader& json) {  // NOLINT(misc-no-recursion)
  Value value{.text = json.text("t"),
              .integer = json.integer("i"),
              .boolean = json.boolean("b"),
              .texts = json.texts("l"),
              .base64 = json.base64("x")};
  json.number("n");
  json.ignore("p");
  if (auto inner = json.object("o")) {
    auto object = read(*inner);
    if (!object) return {};
    value.object.push_back(std::move(*object));
  }
  if (auto list = json.objects("a")) {
    value.objects.emplace();
    for (auto& inner : *list) {
      auto object = read(inner);
      if (!object) return {};
      value.objects->push_back(std::move(*object));
    }
  }
  if (!json.done()) return {};
  return value;
}

std::string write(const Value& value) {  // NOLINT(misc-no-recursion)
  JsonWriter json;
  if (value.text) json.text("t", *value.text);
  if (value.integer) json.integer("i", *value.integer);
  if (value.boolean) json.boolean("b", *value.boolean);
  if (value.texts) json.texts("l", *value.texts);
  if (value.base64) json.text("x", bz::to_base64(*value.base64));
  for (const auto& object : value.object) json.json("o", write(object));
  if (value.objects) {
    std::vector<std::string> list;
    for (const auto& object : *value.objects) list.push_back(write(object));
    json.list("a", list);
  }
  return json.done();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto json = JsonReader::parse(bz::as_text({data, size}), 64'000);
  if (!json) return 0;
  const auto value = read(*json);
  if (!value) return 0;
  auto again = JsonReader::parse(write(*value), 1'000'000);  // an escape may take six for one
  if (!again || read(*again) != value) std::abort();
  return 0;
}
