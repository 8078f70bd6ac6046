#include "papers/xml.h"

#include <expat.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bz::papers {
namespace {

constexpr std::size_t kMostAttributes = 100;

struct Reading {
  XML_Parser parser = nullptr;
  XmlTaker* taker = nullptr;
  std::deque<std::string> names;  // a deque, so that views of them stay
  std::vector<std::string_view> path;
  std::optional<Error> failed;

  void stop(Error error) {
    if (!failed) failed = std::move(error);
    XML_StopParser(parser, XML_FALSE);
  }
  void stop_here(const std::string& what) {
    stop({Code::kMalformed,
          "XML, line " + std::to_string(XML_GetCurrentLineNumber(parser)) + ": " + what});
  }
  void check(const Result<void>& taken) {
    if (!taken) stop(taken.error());
  }
};

std::string_view without_prefix(std::string_view name) {
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

void on_begin(void* data, const char* name, const char** pairs) {
  auto& reading = *static_cast<Reading*>(data);
  if (reading.failed) return;
  if (reading.path.size() == kMostXmlDepth) return reading.stop_here("nested too deep");
  reading.names.emplace_back(without_prefix(name));
  reading.path.emplace_back(reading.names.back());
  std::vector<XmlAttribute> attributes;
  for (; *pairs != nullptr; pairs += 2) {
    if (attributes.size() == kMostAttributes) return reading.stop_here("too many attributes");
    attributes.push_back({without_prefix(pairs[0]), pairs[1]});
  }
  reading.check(reading.taker->begin(reading.path, attributes));
}

void on_text(void* data, const char* text, int size) {
  auto& reading = *static_cast<Reading*>(data);
  if (reading.failed) return;
  reading.check(reading.taker->text(reading.path, {text, static_cast<std::size_t>(size)}));
}

void on_end(void* data, const char*) {
  auto& reading = *static_cast<Reading*>(data);
  if (reading.failed) return;
  reading.check(reading.taker->end(reading.path));
  reading.path.pop_back();
  reading.names.pop_back();
}

void on_doctype(void* data, const char*, const char*, const char*, int) {
  static_cast<Reading*>(data)->stop_here("a document type declaration");
}

}  // namespace

Result<void> read_xml(ByteView xml, XmlTaker& taker) {
  const std::unique_ptr<std::remove_pointer_t<XML_Parser>, decltype(&XML_ParserFree)> parser(
      XML_ParserCreate(nullptr), XML_ParserFree);
  if (!parser) return Error{Code::kUnavailable, "XML: out of memory"};
  Reading reading;
  reading.parser = parser.get();
  reading.taker = &taker;
  XML_SetUserData(parser.get(), &reading);
  XML_SetElementHandler(parser.get(), on_begin, on_end);
  XML_SetCharacterDataHandler(parser.get(), on_text);
  XML_SetStartDoctypeDeclHandler(parser.get(), on_doctype);
  // In one piece: expat 2.5 reads a long token again from its beginning with each piece.
  if (xml.size() > std::size_t{1} << 30U) return Error{Code::kMalformed, "XML: over 1 GiB"};
  const auto text = as_text(xml);
  const auto status = XML_Parse(parser.get(), text.data(), static_cast<int>(text.size()), XML_TRUE);
  if (reading.failed) return *reading.failed;
  if (status != XML_STATUS_OK) {
    return Error{Code::kMalformed, "XML, line " +
                                       std::to_string(XML_GetCurrentLineNumber(parser.get())) +
                                       ": " + XML_ErrorString(XML_GetErrorCode(parser.get()))};
  }
  return {};
}

std::string_view attribute(std::span<const XmlAttribute> attributes, std::string_view name) {
  for (const auto& one : attributes) {
    if (one.name == name) return one.value;
  }
  return {};
}

}  // namespace bz::papers
