// XML 1.0 in a stream of events, by expat, as files from outside may hold it: no document type
// declaration, so no entities but XML's own five, and nothing is fetched.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/bytes.h"

namespace bz::papers {

// Views hold during the call only. Text is UTF-8, whatever the file's encoding is.
struct XmlAttribute {
  std::string_view name;  // without its prefix
  std::string_view value;
};

class XmlTaker {
 public:
  XmlTaker() = default;
  XmlTaker(const XmlTaker&) = delete;
  XmlTaker& operator=(const XmlTaker&) = delete;
  virtual ~XmlTaker() = default;

  // `path` holds the names, without prefixes, from the root down to the element itself. An error
  // ends the reading and is handed on.
  virtual Result<void> begin(std::span<const std::string_view> path,
                             std::span<const XmlAttribute> attributes) = 0;
  // Text within the element at the end of `path`; may come in pieces.
  virtual Result<void> text(std::span<const std::string_view> path, std::string_view piece) = 0;
  virtual Result<void> end(std::span<const std::string_view> path) = 0;
};

inline constexpr std::size_t kMostXmlDepth = 64;

// kMalformed ("XML, line 3: …", English only) when it is no XML, is nested deeper than
// kMostXmlDepth, has over 100 attributes on an element or a document type declaration.
Result<void> read_xml(ByteView xml, XmlTaker& taker);

// The attribute's value; empty when there is none of that name.
std::string_view attribute(std::span<const XmlAttribute> attributes, std::string_view name);

}  // namespace bz::papers
