// Workbooks made part by part, as no program would write them. For tests.
#pragma once

#include <zip.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace bz::papers {

using Parts = std::vector<std::pair<std::string, std::string>>;

// A zip archive of these parts, stored or deflated.
inline Bytes zip_of(const Parts& parts, bool deflated = true) {
  zip_source_t* memory = zip_source_buffer_create(nullptr, 0, 0, nullptr);
  zip_source_keep(memory);
  zip_t* archive = zip_open_from_source(memory, ZIP_TRUNCATE, nullptr);
  for (const auto& [name, content] : parts) {
    auto* source = zip_source_buffer(archive, content.data(), content.size(), 0);
    const auto index = zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8);
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(index),
                             deflated ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 9);
  }
  zip_close(archive);
  zip_source_open(memory);
  zip_source_seek(memory, 0, SEEK_END);
  Bytes bytes(static_cast<std::size_t>(zip_source_tell(memory)));
  zip_source_seek(memory, 0, SEEK_SET);
  zip_source_read(memory, bytes.data(), bytes.size());
  zip_source_close(memory);
  zip_source_free(memory);
  return bytes;
}

// The parts of a workbook with one sheet; a test changes what it is about.
struct Book {
  std::string workbook_properties = {};
  std::string sheet_data = {};  // rows
  std::string after_data = {};  // mergeCells
  std::string strings = {};     // <si>…</si>
  std::string formats = {};     // <numFmt …/>
  std::string styles = {};      // <xf …/>
  std::map<std::string, std::string> others = {};

  [[nodiscard]] Parts parts() const {
    const std::string relations =
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const auto relation = [&](const char* id, const char* type, const char* target) {
      return "<Relationship Id=\"" + std::string(id) + "\" Type=\"" + relations + "/" + type +
             "\" Target=\"" + target + "\"/>";
    };
    Parts parts{
        {"_rels/.rels", "<Relationships>" + relation("r1", "officeDocument", "xl/workbook.xml") +
                            "</Relationships>"},
        {"xl/workbook.xml", "<workbook xmlns:r=\"" + relations + "\">" + workbook_properties +
                                "<sheets><sheet name=\"Biểu 1\" sheetId=\"1\" r:id=\"rId1\"/>"
                                "</sheets></workbook>"},
        {"xl/_rels/workbook.xml.rels",
         "<Relationships>" + relation("rId1", "worksheet", "worksheets/sheet1.xml") +
             relation("rId2", "sharedStrings", "sharedStrings.xml") +
             relation("rId3", "styles", "/xl/styles.xml") + "</Relationships>"},
        {"xl/worksheets/sheet1.xml",
         "<worksheet><sheetData>" + sheet_data + "</sheetData>" + after_data + "</worksheet>"},
        {"xl/sharedStrings.xml", "<sst>" + strings + "</sst>"},
        {"xl/styles.xml", "<styleSheet><numFmts>" + formats + "</numFmts><cellXfs>" + styles +
                              "</cellXfs></styleSheet>"},
    };
    for (auto& [name, content] : parts) {
      if (const auto other = others.find(name); other != others.end()) content = other->second;
    }
    return parts;
  }
  [[nodiscard]] Bytes file() const { return zip_of(parts()); }
};

}  // namespace bz::papers
