#include "vi/text.h"

#include <unicode/coll.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <limits>
#include <memory>
#include <vector>

#include "base/utf8.h"

namespace bz::vi {
namespace {

// ICU's tables are linked in: what fails here is memory, or an ICU taken apart, and nothing can go
// on without.
void must(UErrorCode status) {
  if (U_FAILURE(status) != 0) std::terminate();
}

const icu::Normalizer2& nfc() {
  static const icu::Normalizer2* const it = [] {
    UErrorCode status = U_ZERO_ERROR;
    const auto* found = icu::Normalizer2::getNFCInstance(status);
    must(status);
    return found;
  }();
  return *it;
}

const icu::Normalizer2& nfd() {
  static const icu::Normalizer2* const it = [] {
    UErrorCode status = U_ZERO_ERROR;
    const auto* found = icu::Normalizer2::getNFDInstance(status);
    must(status);
    return found;
  }();
  return *it;
}

const icu::Collator& vietnamese() {
  static const std::unique_ptr<const icu::Collator> it = [] {
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<icu::Collator> made(
        icu::Collator::createInstance(icu::Locale("vi", "VN"), status));
    must(status);
    made->setAttribute(UCOL_NUMERIC_COLLATION, UCOL_ON, status);
    must(status);
    return made;
  }();
  return *it;
}

icu::UnicodeString normalised(const icu::Normalizer2& form, const icu::UnicodeString& text) {
  UErrorCode status = U_ZERO_ERROR;
  auto out = form.normalize(text, status);
  must(status);
  return out;
}

std::string utf8(const icu::UnicodeString& text) {
  std::string out;
  text.toUTF8String(out);
  return out;
}

bool is_blank(UChar32 c) {
  return u_isUWhiteSpace(c) != 0;
}

// Appends characters with single spaces where there were blanks, and none at either end.
class Spaced {
 public:
  void blank() { waits_ = !out_.isEmpty(); }
  void add(UChar32 c) {
    if (waits_) out_.append(u' ');
    waits_ = false;
    out_.append(c);
  }
  [[nodiscard]] const icu::UnicodeString& text() const { return out_; }

 private:
  icu::UnicodeString out_;
  bool waits_ = false;
};

// Blanks as `normal` has them, and nothing unseen; composed only after that, since what is dropped
// may stand between a letter and its mark.
icu::UnicodeString tidy(std::string_view text) {
  const auto size =
      std::min<std::size_t>(text.size(), std::numeric_limits<std::int32_t>::max() / 4);
  const auto wide =
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(size)));
  Spaced out;
  for (std::int32_t i = 0; i < wide.length(); i = wide.moveIndex32(i, 1)) {
    const auto c = wide.char32At(i);
    if (is_blank(c)) {
      out.blank();
    } else if (u_charType(c) != U_FORMAT_CHAR && u_charType(c) != U_CONTROL_CHAR) {
      out.add(c);
    }
  }
  return normalised(nfc(), out.text());
}

bool is_tone(UChar32 c) {
  return c == 0x300 || c == 0x301 || c == 0x303 || c == 0x309 || c == 0x323;
}
bool is_mark(UChar32 c) {
  return (U_MASK(u_charType(c)) & U_GC_M_MASK) != 0;
}
bool is_apostrophe(UChar32 c) {
  return c == u'\'' || c == u'`' || c == 0xB4 || c == 0x2BC || (c >= 0x2018 && c <= 0x201B);
}
bool is_dash(UChar32 c) {
  return u_charType(c) == U_DASH_PUNCTUATION || c == 0x2212;
}

// A small letter; Đ for the Eth that old fonts have in its place.
UChar32 small(UChar32 c) {
  const auto it = u_foldCase(c, U_FOLD_CASE_DEFAULT);
  return it == 0xF0 ? 0x111 : it;
}

bool is_vowel(UChar32 c) {
  return c == u'a' || c == u'e' || c == u'i' || c == u'o' || c == u'u' || c == u'y';
}

// Gives y as i where both are the same sound: after a consonant ("Mỹ", "Mĩ") and in "qu" ("Quy",
// "Qui"), not after another vowel ("tay" and "tai" are two words) nor at the beginning. Takes base
// letters, without their marks, one after the other.
class OneI {
 public:
  UChar32 operator()(UChar32 c) {
    const bool after_consonant = last_ != 0 && !is_vowel(last_);
    const bool after_qu = last_ == u'u' && before_ == u'q';
    const auto out = c == u'y' && (after_consonant || after_qu) ? u'i' : c;
    before_ = last_;
    last_ = u_isalpha(c) != 0 ? out : 0;
    return out;
  }

 private:
  UChar32 last_ = 0;
  UChar32 before_ = 0;
};

// Words with the tones of each at its end.
class Syllables {
 public:
  void letter(UChar32 c) { out_.append(c); }
  void tone(UChar32 c) { tones_.append(c); }
  void end() {
    out_.append(tones_);
    tones_.remove();
  }
  void other(UChar32 c) {
    end();
    out_.append(c);
  }
  void dash() {
    end();
    if (out_.endsWith(u' ')) out_.truncate(out_.length() - 1);
    out_.append(u'-');
  }
  void blank() {
    end();
    if (!out_.endsWith(u'-')) out_.append(u' ');
  }
  [[nodiscard]] const icu::UnicodeString& text() const { return out_; }

 private:
  icu::UnicodeString out_;
  icu::UnicodeString tones_;
};

}  // namespace

std::optional<std::string> normal(std::string_view text) {
  if (!is_utf8(text)) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<std::uint8_t>(text[i]);
    // U+0080 to U+009F are C2 80 to C2 9F; U+0085 ends a line.
    const auto next = i + 1 < text.size() ? static_cast<std::uint8_t>(text[i + 1]) : 0U;
    const bool is_c1 = c == 0xC2 && next < 0xA0 && next != 0x85;
    if ((c < 0x20 && !is_blank(c)) || c == 0x7F || is_c1) return std::nullopt;
  }
  return utf8(tidy(text));
}

std::string same_spelling(std::string_view text) {
  const auto apart = normalised(nfd(), tidy(text));
  Syllables out;
  OneI one_i;
  for (std::int32_t i = 0; i < apart.length(); i = apart.moveIndex32(i, 1)) {
    auto c = small(apart.char32At(i));
    if (is_apostrophe(c)) c = u'\'';  // one of them counts as a letter
    if (is_tone(c)) {
      out.tone(c);
    } else if (is_mark(c)) {
      out.letter(c);
    } else if (u_isalpha(c) != 0) {
      out.letter(one_i(c));
    } else {
      one_i(c);
      if (is_dash(c)) {
        out.dash();
      } else if (c == u' ') {
        out.blank();
      } else {
        out.other(c);
      }
    }
  }
  out.end();
  return utf8(normalised(nfc(), out.text()));
}

std::string fold(std::string_view text) {
  const auto apart = normalised(nfd(), tidy(text));
  Spaced out;
  OneI one_i;
  for (std::int32_t i = 0; i < apart.length(); i = apart.moveIndex32(i, 1)) {
    const auto c = small(apart.char32At(i));
    if (is_mark(c) || is_apostrophe(c)) continue;
    if (u_isalnum(c) != 0) {
      out.add(one_i(c == 0x111 ? u'd' : c));
    } else {
      one_i(c);
      out.blank();
    }
  }
  return utf8(out.text());
}

bool matches(std::string_view folded_haystack, std::string_view folded_query) {
  while (!folded_query.empty()) {
    const auto word = folded_query.substr(0, folded_query.find(' '));
    folded_query.remove_prefix(std::min(word.size() + 1, folded_query.size()));
    bool begins_one = word.empty();
    for (std::size_t at = 0; !begins_one; ++at) {
      begins_one = folded_haystack.substr(at, word.size()) == word;
      at = folded_haystack.find(' ', at);
      if (at == std::string_view::npos) break;
    }
    if (!begins_one) return false;
  }
  return true;
}

std::string sort_key(std::string_view text) {
  const auto clean = tidy(text);
  const auto size = vietnamese().getSortKey(clean, nullptr, 0);
  std::vector<std::uint8_t> octets(static_cast<std::size_t>(size));
  vietnamese().getSortKey(clean, octets.data(), size);
  if (!octets.empty()) octets.pop_back();  // ICU ends them with a zero
  return {octets.begin(), octets.end()};
}

std::string sort_key_version() {
  UVersionInfo version{};
  vietnamese().getVersion(version);
  std::string out = "vi";
  for (const auto part : version) out += '.' + std::to_string(part);
  return out;
}

}  // namespace bz::vi
