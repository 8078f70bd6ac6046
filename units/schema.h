// The tables of units within the store "campaign"; they belong into its first migration.
//
//   unit         each unit once, by its key's text. The parent is the unit that has parent_code on
//   the
//                day that is asked about. from_act and to_act are NULL for `by`; days count from
//                1970-01-01
//   unit_alias   other names that people write ("TP.HCM"), folded
//   unit_change  edges of crosswalks (units/crosswalk.h), with the day of each. from_key may name a
//   unit that no list told
//                us of. weight NULL: unknown
//   unit_import  what was handed in, its report's hash, and when it was confirmed
//   border       the geometry of a unit, GeoJSON
//   legal_act    acts as published lists have them; a list's date may be the day it was fetched
#pragma once

#include <string_view>

namespace bz::units {

inline constexpr std::string_view kUnitsTables = R"(
CREATE TABLE unit (key TEXT PRIMARY KEY, code TEXT NOT NULL, valid_from BIGINT NOT NULL,
                   valid_to BIGINT, level BIGINT NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL,
                   folded TEXT NOT NULL, parent_code TEXT NOT NULL, from_act TEXT,
                   to_act TEXT) WITHOUT ROWID;
CREATE UNIQUE INDEX unit_by_code ON unit (code, valid_from);
CREATE INDEX unit_by_parent ON unit (parent_code, code);
CREATE INDEX unit_by_level ON unit (level, code);
CREATE TABLE unit_alias (unit TEXT NOT NULL, folded TEXT NOT NULL, alias TEXT NOT NULL,
                         PRIMARY KEY (unit, folded)) WITHOUT ROWID;
CREATE TABLE unit_change (from_key TEXT NOT NULL, to_key TEXT NOT NULL, is_full BIGINT NOT NULL,
                          has_changed BIGINT NOT NULL, day BIGINT NOT NULL, act TEXT, weight BIGINT, basis TEXT,
                          PRIMARY KEY (from_key, to_key)) WITHOUT ROWID;
CREATE INDEX unit_change_back ON unit_change (to_key, from_key);
CREATE TABLE unit_import (id BIGINT PRIMARY KEY, kind BIGINT NOT NULL, day BIGINT NOT NULL,
                          units_on BIGINT NOT NULL, act TEXT NOT NULL, source TEXT NOT NULL,
                          content BLOB NOT NULL, report_hash BLOB NOT NULL, staged_ms BIGINT NOT NULL,
                          confirmed_ms BIGINT);
CREATE TABLE border (unit TEXT PRIMARY KEY, geometry TEXT NOT NULL, source TEXT NOT NULL);
CREATE TABLE legal_act (act TEXT NOT NULL, listed BIGINT NOT NULL, title TEXT NOT NULL,
                        PRIMARY KEY (act, listed, title));
)";

}  // namespace bz::units
