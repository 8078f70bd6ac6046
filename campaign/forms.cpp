#include "campaign/forms.h"

#include <algorithm>
#include <array>

#include "units/units.h"

namespace bz::campaign {
namespace {

using enum ColumnKind;

constexpr std::array kBm1{
    Column{"stt", kNumber, "Stt", "No.", "", false, true},
    Column{"unit", kUnit, "Tên huyện/thị/thành phố", "District, town or city", "", true, true},
    Column{"installed", kCount, "Số lượng điện thoại thông minh cài đặt",
           "Number of smartphones with the app", "app_installed_sim", true, true},
    Column{"rate", kRate, "Tỷ lệ", "Rate", "", false, true},
    Column{"reported_at", kTime, "Thời điểm báo cáo", "Time of the report", "", false, true},
    Column{"note", kText, "Ghi chú", "Note", "", false, true},
    Column{"subscriptions", kCount, "Số thuê bao điện thoại thông minh", "Smartphone subscriptions",
           "smartphone_subscriptions", false, false},
};

constexpr std::array kOwners{
    Column{"stt", kNumber, "Stt", "No.", "", false, true},
    Column{"unit", kUnit, "Tên cơ quan, đơn vị", "Body", "", true, true},
    Column{"headcount", kCount, "Tổng số cán bộ, công chức, viên chức, người lao động", "Staff",
           "headcount", true, true},
    Column{"owners", kCount, "Số người có điện thoại thông minh", "Who own a smartphone",
           "smartphone_owners", true, true},
    Column{"installed", kCount, "Số người đã cài đặt Bluezone", "Who installed the app",
           "app_installed", true, true},
    Column{"bluetooth_on", kCount, "Số người luôn mở Bluetooth", "Who keep Bluetooth on",
           "bluetooth_on", true, true},
    Column{"relatives", kCount, "Số người thân đã được hướng dẫn cài đặt",
           "Relatives helped to install", "relatives_helped", false, true},
    Column{"note", kText, "Ghi chú", "Note", "", false, true},
};

constexpr std::array kResult{
    Column{"stt", kNumber, "Stt", "No.", "", false, true},
    Column{"unit", kUnit, "Tên cơ quan, đơn vị", "Body", "", true, true},
    Column{"results", kText, "Kết quả thực hiện", "Results", "", true, true},
    Column{"difficulties", kText, "Khó khăn, vướng mắc", "Difficulties", "", false, true},
    Column{"proposals", kText, "Đề xuất, kiến nghị", "Proposals", "", false, true},
    Column{"note", kText, "Ghi chú", "Note", "", false, true},
};

constexpr std::array kForms{
    Form{"bm1", 1, "Biểu mẫu số 1", "Form 1",
         "Thống kê số lượng điện thoại thông minh cài đặt Bluezone trên địa bàn tỉnh",
         "Smartphones with Bluezone installed in the province", RowsRule::kDistricts, kBm1, "note"},
    Form{"owners", 1, "Biểu cán bộ có điện thoại thông minh", "Staff who own a smartphone",
         "Thống kê cán bộ, công chức, viên chức, người lao động cài đặt Bluezone",
         "Staff who own a smartphone and run Bluezone", RowsRule::kBody, kOwners, "note"},
    Form{"result", 1, "Báo cáo kết quả", "Report of results",
         "Báo cáo kết quả tuyên truyền, vận động cài đặt Bluezone",
         "Results of making Bluezone known and installed", RowsRule::kBody, kResult, "note"},
};

Result<std::vector<FormRow>> districts(store::Sql& sql, const Body& body, Day day) {
  const auto province = province_of(sql, body, day);
  if (!province) return province.error();
  const auto key = units::key_from_text(*province);
  if (!key) {
    return Error{Code::kInvalid,
                 "the form has a row for each district: its body must sit in a province"};
  }
  auto below = units::children(sql, *key, day);
  if (!below) return below.error();
  std::ranges::sort(*below, {}, [](const units::Unit& unit) { return unit.key.code; });
  std::vector<FormRow> rows;
  for (const auto& unit : *below) {
    rows.push_back({units::to_text(unit.key), unit.key.code, units::full_name(unit)});
  }
  return rows;
}

}  // namespace

std::span<const Form> forms() {
  return kForms;
}

const Form* find_form(std::string_view id, int version) {
  for (const auto& form : kForms) {
    if (form.id == id && (version == 0 || form.version == version)) return &form;
  }
  return nullptr;
}

const Column* find_column(const Form& form, std::string_view id) {
  const auto found = std::ranges::find(form.columns, id, &Column::id);
  return found == form.columns.end() ? nullptr : &*found;
}

Result<std::vector<FormRow>> rows_of(store::Sql& sql, const Form& form, const Body& body, Day day) {
  if (form.rows == RowsRule::kDistricts) return districts(sql, body, day);
  return std::vector<FormRow>{{body.slug, body.slug, body.name}};
}

Result<std::string> province_of(store::Sql& sql, const Body& body, Day day) {
  const auto key = units::key_from_text(body.unit);
  if (!key) return std::string{};
  if (units::level_of(key->code) == units::Level::kProvince) return body.unit;
  const auto above = units::ancestors(sql, *key, day);
  if (!above) return above.error();
  for (const auto& unit : *above) {
    if (unit.level == units::Level::kProvince) return units::to_text(unit.key);
  }
  return std::string{};
}

}  // namespace bz::campaign
