#include "papers/typeset.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include "base/date.h"
#include "base/utf8.h"

// fontconfig 2.14 loses 288 bytes when it first reads its settings, in a thread of Pango's.
#if defined(__SANITIZE_ADDRESS__)
#define BZ_ADDRESS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BZ_ADDRESS_SANITIZER
#endif
#endif
#ifdef BZ_ADDRESS_SANITIZER
extern "C" const char* __lsan_default_suppressions() {  // NOLINT(bugprone-reserved-identifier)
  return "leak:libfontconfig.so";
}
extern "C" const char* __lsan_default_options() {  // NOLINT(bugprone-reserved-identifier)
  return "print_suppressions=0";
}
#endif

namespace bz::papers {
namespace {

constexpr const char* kFamily = "Liberation Serif";
constexpr std::string_view kNotInFont = "\u25A1";
constexpr double kNoteSize = 10;
// Vietnamese capitals carry two marks on top of each other, which reach over the font's own lines.
constexpr float kLineSpacing = 1.08F;

Error invalid(std::string what) {
  return {Code::kInvalid, "pdf: " + std::move(what)};
}

struct Release {
  void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
  void operator()(PangoLayoutIter* iter) const { pango_layout_iter_free(iter); }
  void operator()(cairo_font_options_t* options) const { cairo_font_options_destroy(options); }
};
template <class T>
using Owned = std::unique_ptr<T, Release>;
using GText = std::unique_ptr<char, decltype(&g_free)>;

std::shared_ptr<void> owned(void* object) {
  return {object, [](void* p) {
            if (p != nullptr) g_object_unref(p);
          }};
}

PangoContext* context_of(const std::shared_ptr<void>& context) {
  return static_cast<PangoContext*>(context.get());
}

cairo_t* cairo_of(const std::shared_ptr<void>& cairo) {
  return static_cast<cairo_t*>(cairo.get());
}

double points(int pango_units) {
  return pango_units_to_double(pango_units);
}

Owned<PangoFontDescription> font(double size) {
  Owned<PangoFontDescription> description(pango_font_description_new());
  pango_font_description_set_family_static(description.get(), kFamily);
  pango_font_description_set_size(description.get(), pango_units_from_double(size));
  return description;
}

std::string escaped(const std::string& words) {
  const GText text(g_markup_escape_text(words.data(), static_cast<gssize>(words.size())), g_free);
  return text.get();
}

std::string raised(const std::string& digits, double size) {
  return "<span size=\"" + std::to_string(static_cast<int>(size * 0.65 * PANGO_SCALE)) +
         "\" rise=\"" + std::to_string(static_cast<int>(size * 0.3 * PANGO_SCALE)) + "\">" +
         digits + "</span>";
}

PangoAlignment alignment(Align align) {
  switch (align) {
    case Align::kCentre: return PANGO_ALIGN_CENTER;
    case Align::kRight: return PANGO_ALIGN_RIGHT;
    case Align::kLeft:
    case Align::kBoth: break;
  }
  return PANGO_ALIGN_LEFT;
}

cairo_status_t keep(void* to, const unsigned char* bytes, unsigned size) {
  auto& out = *static_cast<Bytes*>(to);
  out.insert(out.end(), bytes, bytes + size);
  return CAIRO_STATUS_SUCCESS;
}

std::string iso_text(Instant made) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(made - day_of(made)).count();
  const auto two = [](std::int64_t number) {
    return std::string(number < 10 ? "0" : "") + std::to_string(number);
  };
  return to_text(day_of(made)) + "T" + two(seconds / 3600) + ":" + two(seconds / 60 % 60) + ":" +
         two(seconds % 60) + "Z";
}

}  // namespace

Result<Typesetter> Typesetter::make() {
  const auto map = owned(pango_cairo_font_map_new());
  // So that 13 points are 13 units of the paper.
  pango_cairo_font_map_set_resolution(static_cast<PangoCairoFontMap*>(map.get()), 72);
  Typesetter setter;
  setter.context_ = owned(pango_font_map_create_context(static_cast<PangoFontMap*>(map.get())));
  auto* context = context_of(setter.context_);
  pango_context_set_round_glyph_positions(context, FALSE);  // paper has no pixels
  pango_context_set_language(context, pango_language_from_string("vi"));
  // Widths as the font has them, whatever the machine is set up to do for its screen.
  const Owned<cairo_font_options_t> options(cairo_font_options_create());
  cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias(options.get(), CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options(context, options.get());
  if (auto fine = setter.find_fonts(); !fine) return fine.error();
  return setter;
}

Result<void> Typesetter::find_fonts() {
  for (const bool bold : {true, false}) {
    for (const bool italic : {true, false}) {
      const auto wanted = font(13);
      pango_font_description_set_weight(wanted.get(),
                                        bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
      pango_font_description_set_style(wanted.get(),
                                       italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);
      // Fontconfig gives some font whatever is asked for; only its own description tells which.
      auto* loaded = pango_context_load_font(context_of(context_), wanted.get());
      font_ = owned(loaded);
      const Owned<PangoFontDescription> found(loaded ? pango_font_describe(loaded) : nullptr);
      const bool same =
          found && std::string_view(pango_font_description_get_family(found.get())) == kFamily &&
          pango_font_description_get_weight(found.get()) ==
              pango_font_description_get_weight(wanted.get()) &&
          pango_font_description_get_style(found.get()) ==
              pango_font_description_get_style(wanted.get());
      if (!same) {
        return Error{Code::kUnavailable,
                     "the font Liberation Serif is not here: apt-get install fonts-liberation2"};
      }
    }
  }
  return {};  // and font_ is the upright, normal one
}

Result<SetText> Typesetter::set(std::span<const Run> runs, const Setting& setting) {
  std::string markup = "<span fallback=\"false\">";
  std::size_t written = 0;  // bytes of the words without the markup
  std::vector<Mark> marks;
  for (const auto& run : runs) {
    if (!is_utf8(run.text) || !is_utf8(run.note)) return invalid("text that is not UTF-8");
    const auto words = printable(run.text);
    written += words.size();
    if (run.bold) markup += "<b>";
    if (run.italic) markup += "<i>";
    markup += escaped(words);
    if (!run.note.empty()) {
      const auto number = number_of_note(run.note);
      const auto digits = std::to_string(number);
      marks.push_back({written, number});
      markup += raised(digits, setting.size);
      written += digits.size();
    }
    if (run.italic) markup += "</i>";
    if (run.bold) markup += "</b>";
  }
  return set_markup(markup + "</span>", setting, marks);
}

Result<SetText> Typesetter::set_note(std::size_t number, double width) {
  return set_markup("<span fallback=\"false\">" + raised(std::to_string(number), kNoteSize) + " " +
                        escaped(notes_[number - 1]) + "</span>",
                    {width, kNoteSize, 0, Align::kBoth}, {});
}

std::string Typesetter::printable(std::string_view text) const {
  const GText normal(
      g_utf8_normalize(text.data(), static_cast<gssize>(text.size()), G_NORMALIZE_NFC), g_free);
  std::string out;
  std::string_view rest = normal ? normal.get() : "";
  while (!rest.empty()) {
    const auto character = rest.substr(0, first_character(rest));
    const auto c = g_utf8_get_char(character.data());
    if (c == '\n' || pango_font_has_char(static_cast<PangoFont*>(font_.get()), c) != FALSE) {
      out += character;
    } else {
      out += c == '\t' ? std::string_view(" ") : kNotInFont;
    }
    rest.remove_prefix(character.size());
  }
  return out;
}

std::size_t Typesetter::number_of_note(const std::string& note) {
  const auto [at, is_new] = numbers_.emplace(note, notes_.size() + 1);
  if (is_new) notes_.push_back(printable(note));
  return at->second;
}

Result<SetText> Typesetter::set_markup(const std::string& markup, const Setting& setting,
                                       std::span<const Mark> marks) {
  if (!(setting.width >= 10 && setting.size >= 4 && setting.size <= 100))
    return invalid("a size or width that makes no sense");
  const auto made = owned(pango_layout_new(context_of(context_)));
  auto* layout = static_cast<PangoLayout*>(made.get());
  const auto description = font(setting.size);
  pango_layout_set_font_description(layout, description.get());
  pango_layout_set_width(layout, pango_units_from_double(setting.width));
  pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_indent(layout, pango_units_from_double(setting.first_line));
  pango_layout_set_line_spacing(layout, kLineSpacing);
  pango_layout_set_justify(layout, setting.align == Align::kBoth ? TRUE : FALSE);
  pango_layout_set_alignment(layout, alignment(setting.align));
  pango_layout_set_markup(layout, markup.data(), static_cast<int>(markup.size()));

  SetText set;
  const Owned<PangoLayoutIter> iter(pango_layout_get_iter(layout));
  do {
    TextLine line;
    auto* words = pango_layout_iter_get_line_readonly(iter.get());
    line.line = {made, words};  // its layout owns it
    int top = 0;
    int bottom = 0;
    pango_layout_iter_get_line_yrange(iter.get(), &top, &bottom);
    PangoRectangle extents;
    pango_layout_iter_get_line_extents(iter.get(), nullptr, &extents);
    line.x = points(extents.x);
    line.width = points(extents.width);
    line.height = points(bottom - top);
    line.baseline = points(pango_layout_iter_get_baseline(iter.get()) - top);
    const auto begin = static_cast<std::size_t>(words->start_index);
    const auto end = begin + static_cast<std::size_t>(words->length);
    for (const auto& mark : marks) {
      if (mark.at >= begin && mark.at < end) line.notes.push_back(mark.number);
    }
    set.lines.push_back(std::move(line));
  } while (pango_layout_iter_next_line(iter.get()) != FALSE);
  return set;
}

Paper::Paper(double width, double height, const std::string& title, Instant made) {
  auto* surface = cairo_pdf_surface_create_for_stream(keep, bytes_.get(), width, height);
  surface_ = {surface, [](void* p) { cairo_surface_destroy(static_cast<cairo_surface_t*>(p)); }};
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title.c_str());
  // Without it cairo asks the clock.
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, iso_text(made).c_str());
  cairo_ = {cairo_create(surface), [](void* p) { cairo_destroy(static_cast<cairo_t*>(p)); }};
  cairo_set_line_width(cairo_of(cairo_), kThin);
}

void Paper::lines(const SetText& text, double x, double y, std::size_t first, std::size_t last) {
  for (auto i = first; i < last; ++i) {
    const auto& line = text.lines[i];
    cairo_move_to(cairo_of(cairo_), x + line.x, y + line.baseline);
    pango_cairo_show_layout_line(cairo_of(cairo_), static_cast<PangoLayoutLine*>(line.line.get()));
    y += line.height;
  }
}

void Paper::rule(double x, double y, double width) {
  cairo_move_to(cairo_of(cairo_), x, y);
  cairo_line_to(cairo_of(cairo_), x + width, y);
  cairo_stroke(cairo_of(cairo_));
}

void Paper::box(double x, double y, double width, double height) {
  cairo_rectangle(cairo_of(cairo_), x, y, width, height);
  cairo_stroke(cairo_of(cairo_));
}

void Paper::end_page() {
  cairo_show_page(cairo_of(cairo_));
}

Result<Bytes> Paper::finish() {
  auto* surface = static_cast<cairo_surface_t*>(surface_.get());
  cairo_surface_finish(surface);
  if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS)
    return Error{Code::kUnavailable, "pdf: out of memory"};
  return std::move(*bytes_);
}

}  // namespace bz::papers
