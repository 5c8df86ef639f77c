#include "services/ingestion/import_profile.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/errors.h"
#include "base/fiscal_calendar.h"
#include "base/money.h"
#include "base/status_macros.h"
#include "base/string_views.h"
#include "services/ingestion/calendar_change.h"
#include "services/ingestion/converters.h"
#include "services/ingestion/entity_fields.h"
#include "services/ingestion/toml_reader.h"

namespace quotacast::ingestion {
namespace {

constexpr int kMaxExtendsDepth = 4;
constexpr size_t kMaxSourceBytes = 64;

// Lays `child` over `parent`: tables key by key, everything else as a whole. Nodes are moved,
// because a copied node forgets its line.
void Overlay(toml::table& parent, toml::table& child) {
  for (auto it = child.begin(); it != child.end(); ++it) {
    toml::node* below = parent.get(it->first.str());
    if (below != nullptr && below->is_table() && it->second.is_table()) {
      Overlay(*below->as_table(), *it->second.as_table());
    } else {
      it->second.visit(
          [&parent, &it](auto& value) { parent.insert_or_assign(it->first, std::move(value)); });
    }
  }
}

absl::StatusOr<toml::table> ParseToml(std::string_view text, const FindProfileText& find_parent,
                                      int depth) {
  if (text.size() > kMaxProfileBytes) {
    return InvalidProfile(
        {{"profile", absl::StrCat("is longer than ", kMaxProfileBytes, " bytes")}});
  }
  toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    return InvalidProfile(
        {{"profile", absl::StrCat("is not TOML: ", AbslView(parsed.error().description()),
                                  " (line ", parsed.error().source().begin.line, ")")}});
  }
  toml::table table = std::move(parsed).table();
  const toml::node* extends = table.get("extends");
  if (extends == nullptr) return table;
  const std::string parent_name = extends->value_exact<std::string>().value_or("");
  const std::optional<std::string_view> parent_text = find_parent(parent_name);
  if (!parent_text.has_value() || depth >= kMaxExtendsDepth) {
    return InvalidProfile(
        {{"extends", absl::StrCat("names no shipped profile: \"", parent_name, "\" (line ",
                                  extends->source().begin.line, ")")}});
  }
  QC_ASSIGN_OR_RETURN(toml::table merged, ParseToml(*parent_text, find_parent, depth + 1));
  Overlay(merged, table);
  return merged;
}

void ReadDateOrder(TomlReader& reader, const toml::table& root, ImportProfile& profile) {
  const std::string order = reader.String(root, "", "date_order", false);
  if (order.empty() || order == "iso") {
    profile.forms.date_order = DateOrder::kIso;
  } else if (order == "month_day_year") {
    profile.forms.date_order = DateOrder::kMonthDayYear;
  } else if (order == "day_month_year") {
    profile.forms.date_order = DateOrder::kDayMonthYear;
  } else if (order == "year_month_day") {
    profile.forms.loose_year_first = true;
  } else {
    reader.Complain("date_order", root.get("date_order"),
                    "must be \"iso\", \"year_month_day\", \"month_day_year\" or "
                    "\"day_month_year\"");
  }
}

void ReadForms(TomlReader& reader, const toml::table& root, ImportProfile& profile) {
  ReadDateOrder(reader, root, profile);
  const std::string zone = reader.String(root, "", "time_zone", false);
  if (!zone.empty() && !absl::LoadTimeZone(zone, &profile.forms.time_zone)) {
    reader.Complain("time_zone", root.get("time_zone"),
                    "is no time zone that this machine knows, such as \"Europe/Berlin\"");
  }
  const std::string mark = reader.String(root, "", "decimal_mark", false);
  if (mark == ",") {
    profile.forms.decimal_mark = ',';
  } else if (!mark.empty() && mark != ".") {
    reader.Complain("decimal_mark", root.get("decimal_mark"), "must be \".\" or \",\"");
  }
  profile.forms.inclusive_end_dates = reader.Bool(root, "", "inclusive_end_dates", false);
  const std::string encoding = reader.String(root, "", "encoding", false);
  if (encoding == "utf-16") {
    profile.encoding = TextEncoding::kUtf16;
  } else if (encoding == "windows-1252") {
    profile.encoding = TextEncoding::kWindows1252;
  } else if (encoding == "iso-8859-1") {
    profile.encoding = TextEncoding::kIso88591;
  } else if (!encoding.empty() && encoding != "utf-8") {
    reader.Complain("encoding", root.get("encoding"),
                    "must be \"utf-8\", \"utf-16\", \"windows-1252\" or \"iso-8859-1\"");
  }
  profile.forms.round_amounts = reader.Bool(root, "", "round_amounts", false);
  for (std::string& text : reader.Strings(root, "", "empty_values")) {
    profile.empty_values.insert(std::move(text));
  }
}

void ReadPipelines(TomlReader& reader, const toml::table& root, ImportProfile& profile) {
  for (const auto& entry : reader.Tables(root, "", "pipelines")) {
    const toml::table& table = *entry.second;
    const std::string& path = entry.first;
    reader.RefuseOthers(table, path, {"id", "label"});
    PipelineDefinition pipeline;
    pipeline.id = reader.String(table, path, "id", true);
    pipeline.label = reader.String(table, path, "label", false);
    if (pipeline.label.empty()) pipeline.label = pipeline.id;
    profile.pipelines.push_back(std::move(pipeline));
  }
}

bool HasPipeline(const ImportProfile& profile, const std::string& id) {
  return std::any_of(profile.pipelines.begin(), profile.pipelines.end(),
                     [&id](const PipelineDefinition& pipeline) { return pipeline.id == id; });
}

// The category that a profile's word stands for; unspecified when it is none.
crm::v1::StageCategory CategoryOf(std::string_view word) {
  return static_cast<crm::v1::StageCategory>(
      NumberOfWord(*crm::v1::StageCategory_descriptor(), word).value_or(0));
}

void ReadDelimiter(TomlReader& reader, const toml::table& table, const std::string& path,
                   char& delimiter) {
  if (table.get("delimiter") == nullptr) return;
  const std::string text = reader.String(table, path, "delimiter", false);
  if (text.size() == 1 && text[0] != '"' && text[0] != '\n' && text[0] != '\r') {
    delimiter = text[0];
  } else {
    reader.Complain(TomlReader::Join(path, "delimiter"), table.get("delimiter"),
                    "must be one character, such as \",\", \";\" or \"\\t\"");
  }
}

void ReadCalendar(TomlReader& reader, const toml::table& root, ImportProfile& profile) {
  const toml::table* table = reader.Table(root, "", "calendar");
  if (table == nullptr) return;
  reader.RefuseOthers(*table, "calendar", {"start_month", "four_four_five", "periods"});
  if (table->size() != 1) {
    reader.Complain("calendar", table,
                    "needs exactly one of start_month, four_four_five and periods");
    return;
  }
  crm::v1::FiscalCalendarChange calendar;
  if (table->get("start_month") != nullptr) {
    calendar.set_start_month(
        reader.Int(*table, "calendar", "start_month", true, 1, 12).value_or(1));
  } else if (const toml::table* weeks = reader.Table(*table, "calendar", "four_four_five")) {
    const std::string path = "calendar.four_four_five";
    reader.RefuseOthers(*weeks, path, {"first_year", "first_year_start", "weeks_in_year"});
    crm::v1::FourFourFive& message = *calendar.mutable_four_four_five();
    message.set_first_year(
        reader.Int(*weeks, path, "first_year", true, kMinYear, kMaxYear).value_or(kMinYear));
    const std::optional<absl::CivilDay> start = reader.Date(*weeks, path, "first_year_start");
    if (start.has_value()) *message.mutable_first_year_start() = ToProtoDate(*start);
    const toml::array* years = weeks->get_as<toml::array>("weeks_in_year");
    if (years == nullptr) {
      reader.Complain(absl::StrCat(path, ".weeks_in_year"), weeks,
                      "must be an array of 52 or 53 for each year");
    } else {
      for (const toml::node& year : *years) {
        message.add_weeks_in_year(
            reader.IntOf(year, absl::StrCat(path, ".weeks_in_year"), 52, 53).value_or(52));
      }
    }
  } else {
    crm::v1::ExplicitPeriods& message = *calendar.mutable_explicit_periods();
    for (const auto& entry : reader.Tables(*table, "calendar", "periods")) {
      reader.RefuseOthers(*entry.second, entry.first, {"name", "start", "end"});
      type::v1::FiscalPeriod& period = *message.add_periods();
      period.set_name(reader.String(*entry.second, entry.first, "name", true));
      const std::optional<absl::CivilDay> start = reader.Date(*entry.second, entry.first, "start");
      const std::optional<absl::CivilDay> end = reader.Date(*entry.second, entry.first, "end");
      if (start.has_value()) *period.mutable_start_date() = ToProtoDate(*start);
      if (end.has_value()) *period.mutable_end_date() = ToProtoDate(*end);
    }
  }
  const absl::StatusOr<FiscalCalendar> checked = CalendarFromChange(calendar);
  if (!checked.ok()) {
    reader.Complain("calendar", table, StdView(checked.status().message()));
  }
  profile.calendar = std::move(calendar);
}

void ReadStages(TomlReader& reader, const toml::table& root, ImportProfile& profile) {
  for (const auto& entry : reader.Tables(root, "", "stages")) {
    const toml::table& table = *entry.second;
    const std::string& path = entry.first;
    reader.RefuseOthers(table, path,
                        {"id", "label", "category", "position", "pipeline", "probability_percent"});
    StageDefinition stage;
    stage.id = reader.String(table, path, "id", true);
    stage.label = reader.String(table, path, "label", false);
    if (stage.label.empty()) stage.label = stage.id;
    stage.pipeline = reader.String(table, path, "pipeline", !profile.pipelines.empty());
    if (!stage.pipeline.empty() && !HasPipeline(profile, stage.pipeline)) {
      reader.Complain(absl::StrCat(path, ".pipeline"), table.get("pipeline"),
                      "is none of the profile's [[pipelines]]");
    }
    stage.probability_percent = reader.Int(table, path, "probability_percent", false, 0, 100);
    const std::string category = reader.String(table, path, "category", true);
    stage.category = CategoryOf(category);
    if (!category.empty() && stage.category == crm::v1::STAGE_CATEGORY_UNSPECIFIED) {
      reader.Complain(absl::StrCat(path, ".category"), table.get("category"),
                      "must be \"open\", \"won\", \"lost\", \"no_decision\" or \"disqualified\"");
    }
    const bool open = stage.category == crm::v1::STAGE_CATEGORY_OPEN;
    stage.position = reader.Int(table, path, "position", open, 1, 1'000).value_or(0);
    if (profile.FindStage(stage.id, stage.pipeline) != nullptr) {
      reader.Complain(absl::StrCat(path, ".id"), table.get("id"), "is the id of two stages");
    }
    profile.stages.push_back(std::move(stage));
  }
}

bool IsField(Entity entity, std::string_view name) { return FindField(entity, name) != nullptr; }

std::string FieldNames(Entity entity) {
  return absl::StrJoin(EntityFields(entity), ", ",
                       [](std::string* out, const EntityField& field) { out->append(field.name); });
}

// Whether the rule says where the field comes from.
bool IsGiven(const FileRule& rule, const std::string& field) {
  return rule.columns.count(field) > 0 || rule.constants.count(field) > 0 ||
         rule.templates.count(field) > 0 ||
         (rule.unpivot.has_value() &&
          (rule.unpivot->name_field == field || rule.unpivot->value_field == field));
}

// Of some fields a rule needs one, whichever the source has.
void CheckOneOf(TomlReader& reader, const toml::table& table, const std::string& path,
                const FileRule& rule) {
  const std::vector<std::string> groups[] = {{"changed_date", "changed_time"},
                                             {"period", "period_date"},
                                             {"rep_id", "team_id", "territory_id"},
                                             {"amount", "unit_count"}};
  const bool quota = rule.entity == Entity::kQuota;
  const bool period = quota || rule.entity == Entity::kRepForecast;
  const bool change =
      rule.entity == Entity::kStageHistory || rule.entity == Entity::kOpportunityChange;
  const bool applies[] = {change, period, quota, quota};
  for (size_t i = 0; i < std::size(groups); ++i) {
    const bool mapped =
        std::any_of(groups[i].begin(), groups[i].end(),
                    [&rule](const std::string& field) { return IsGiven(rule, field); });
    if (!applies[i] || mapped) continue;
    reader.Complain(absl::StrCat(path, ".columns.", groups[i].front()), &table,
                    absl::StrCat("is missing: a ", AbslView(EntityName(rule.entity)), " needs ",
                                 absl::StrJoin(groups[i], " or ")));
  }
}

void CheckFields(TomlReader& reader, const toml::table& table, const std::string& path,
                 const ImportProfile& profile, const FileRule& rule) {
  const auto refuse_unknown = [&](std::string_view key, const std::string& field) {
    if (IsField(rule.entity, field)) return;
    const toml::table* inner = table.get_as<toml::table>(key);
    reader.Complain(TomlReader::Join(TomlReader::Join(path, key), field),
                    inner != nullptr ? inner->get(field) : table.get(key),
                    absl::StrCat("is no field of ", AbslView(EntityName(rule.entity)),
                                 "; its fields: ", FieldNames(rule.entity)));
  };
  for (const auto& column : rule.columns) refuse_unknown("columns", column.first);
  for (const auto& constant : rule.constants) {
    refuse_unknown("constants", constant.first);
    if (rule.columns.count(constant.first) > 0) {
      reader.Complain(absl::StrCat(path, ".constants.", constant.first), &table,
                      "has both a column and a constant");
    }
  }
  for (const std::string& field : rule.required_fields) refuse_unknown("required_fields", field);
  for (const auto& entry : rule.templates) refuse_unknown("templates", entry.first);
  for (const auto& entry : rule.lookups) refuse_unknown("lookups", entry.first);
  if (rule.unpivot.has_value()) {
    if (!rule.unpivot->name_field.empty()) refuse_unknown("unpivot", rule.unpivot->name_field);
    if (!rule.unpivot->value_field.empty()) refuse_unknown("unpivot", rule.unpivot->value_field);
  }
  for (const EntityField& field : EntityFields(rule.entity)) {
    const std::string name(field.name);
    const bool needed = field.required || rule.required_fields.count(name) > 0;
    if (needed && !IsGiven(rule, name)) {
      reader.Complain(absl::StrCat(path, ".columns.", name), &table,
                      absl::StrCat("is missing: every ", AbslView(EntityName(rule.entity)),
                                   " needs this field"));
    }
    const auto column = rule.columns.find(name);
    if (needed && column != rule.columns.end() && rule.optional_columns.count(column->second) > 0) {
      reader.Complain(absl::StrCat(path, ".optional_columns"), table.get("optional_columns"),
                      absl::StrCat("lists \"", column->second, "\", which every row needs"));
    }
  }
  CheckOneOf(reader, table, path, rule);
  // A file that states amounts states their currency, or the profile does.
  const std::vector<EntityField>& fields = EntityFields(rule.entity);
  const bool has_amount = std::any_of(fields.begin(), fields.end(), [&](const EntityField& field) {
    return (field.type == FieldType::kMoney || field.type == FieldType::kSignedMoney) &&
           IsGiven(rule, std::string(field.name));
  });
  const bool has_currency =
      rule.columns.count("currency") > 0 || rule.constants.count("currency") > 0;
  if (has_amount && !has_currency && profile.currency.empty()) {
    reader.Complain(absl::StrCat(path, ".columns.currency"), &table,
                    "is missing: map it, or set the profile's currency");
  }
}

void CheckStages(TomlReader& reader, const toml::table& table, const std::string& path,
                 const ImportProfile& profile, const FileRule& rule) {
  const bool snapshot = rule.entity == Entity::kOpportunitySnapshot;
  const bool needs_stages = snapshot || rule.entity == Entity::kStageHistory;
  if (needs_stages && profile.stages.empty()) {
    reader.Complain("stages", &table,
                    absl::StrCat("is missing: ", path, " has stages and the profile defines none"));
    return;
  }
  const auto check_open = [&](std::string_view key, const std::string& id) {
    const StageDefinition* stage = profile.FindStage(id);
    if (stage == nullptr || stage->category != crm::v1::STAGE_CATEGORY_OPEN) {
      reader.Complain(TomlReader::Join(path, key), table.get(key),
                      absl::StrCat("names no open stage of the profile: \"", id, "\""));
    }
  };
  if (snapshot) {
    if (!rule.open_stage.empty()) check_open("open_stage", rule.open_stage);
    for (const std::string& id : rule.undated_stages) check_open("undated_stages", id);
  } else if (!rule.open_stage.empty() || !rule.undated_stages.empty()) {
    reader.Complain(path, &table,
                    "open_stage and undated_stages belong to entity opportunity_snapshot");
  }
}

// Which column holds which field: one name, or several of which the header has one.
void ReadColumns(TomlReader& reader, const toml::table& table, const std::string& path,
                 FileRule& rule) {
  if (const toml::table* columns = reader.Table(table, path, "columns")) {
    const std::string columns_path = TomlReader::Join(path, "columns");
    for (auto it = columns->cbegin(); it != columns->cend(); ++it) {
      const std::string field(it->first.str());
      if (!it->second.is_array()) {
        rule.columns[field] = reader.String(*columns, columns_path, field, true);
        continue;
      }
      std::vector<std::string> names = reader.Strings(*columns, columns_path, field);
      if (names.empty()) {
        reader.Complain(TomlReader::Join(columns_path, field), &it->second, "names no column");
        continue;
      }
      rule.columns[field] = names.front();
      rule.other_columns[field] = {names.begin() + 1, names.end()};
    }
  }
  if (!reader.Bool(table, path, "columns_by_name", false)) return;
  for (const EntityField& field : EntityFields(rule.entity)) {
    const std::string name(field.name);
    if (IsGiven(rule, name)) continue;
    rule.columns[name] = name;
    if (!field.required && rule.required_fields.count(name) == 0) {
      rule.optional_columns.insert(name);
    }
  }
}

void ReadLookups(TomlReader& reader, const toml::table& table, const std::string& path,
                 FileRule& rule) {
  const toml::table* lookups = reader.Table(table, path, "lookups");
  if (lookups == nullptr) return;
  const std::string lookups_path = TomlReader::Join(path, "lookups");
  for (auto it = lookups->cbegin(); it != lookups->cend(); ++it) {
    const std::string field(it->first.str());
    const toml::table* entry = reader.Table(*lookups, lookups_path, field);
    if (entry == nullptr) continue;
    const std::string entry_path = TomlReader::Join(lookups_path, field);
    reader.RefuseOthers(*entry, entry_path, {"pattern", "from", "to", "delimiter"});
    Lookup& lookup = rule.lookups[field];
    lookup.pattern = reader.String(*entry, entry_path, "pattern", true);
    lookup.from = reader.String(*entry, entry_path, "from", true);
    lookup.to = reader.String(*entry, entry_path, "to", true);
    ReadDelimiter(reader, *entry, entry_path, lookup.delimiter);
  }
}

void ReadUnpivot(TomlReader& reader, const toml::table& table, const std::string& path,
                 FileRule& rule) {
  const toml::table* unpivot = reader.Table(table, path, "unpivot");
  if (unpivot == nullptr) return;
  const std::string unpivot_path = TomlReader::Join(path, "unpivot");
  reader.RefuseOthers(*unpivot, unpivot_path, {"columns", "name_field", "value_field"});
  Unpivot& wide = rule.unpivot.emplace();
  if (unpivot->get_as<toml::array>("columns") != nullptr) {
    for (std::string& column : reader.Strings(*unpivot, unpivot_path, "columns")) {
      wide.columns[column] = column;
    }
  } else {
    wide.columns = reader.StringMap(*unpivot, unpivot_path, "columns");
  }
  if (wide.columns.empty()) {
    reader.Complain(TomlReader::Join(unpivot_path, "columns"), unpivot, "names no column");
  }
  wide.name_field = reader.String(*unpivot, unpivot_path, "name_field", false);
  wide.value_field = reader.String(*unpivot, unpivot_path, "value_field", true);
}

void CheckComparison(TomlReader& reader, const toml::table& table, const std::string& path,
                     const FileRule& rule) {
  const EntityDefinition& definition = DefinitionOf(rule.entity);
  // Only of records that are known by an id of their own can a row be missing or changed.
  const bool comparable =
      definition.key_fields.size() == 1 && (definition.kind != crm::v1::ENTITY_KIND_OPPORTUNITY ||
                                            rule.entity == Entity::kOpportunitySnapshot);
  if (rule.compare_with_log && !comparable) {
    reader.Complain(
        TomlReader::Join(path, "compare_with_log"), table.get("compare_with_log"),
        absl::StrCat("is not possible with entity ", AbslView(EntityName(rule.entity))));
  }
  if (rule.full_export && !rule.compare_with_log) {
    reader.Complain(TomlReader::Join(path, "full_export"), table.get("full_export"),
                    "needs compare_with_log");
  }
}

void ReadFileRule(TomlReader& reader, const toml::table& table, const std::string& path,
                  ImportProfile& profile) {
  reader.RefuseOthers(
      table, path,
      {"pattern",          "entity",     "required",        "repeated",         "columns",
       "columns_by_name",  "constants",  "required_fields", "optional_columns", "ignored_columns",
       "rows_where",       "rows_with",  "templates",       "lookups",          "delimiter",
       "amount_scale",     "unpivot",    "segment_from",    "open_stage",       "undated_stages",
       "compare_with_log", "full_export"});
  FileRule rule;
  rule.pattern = reader.String(table, path, "pattern", true);
  const std::string entity_name = reader.String(table, path, "entity", true);
  bool known = false;
  std::vector<std::string> entity_names;
  for (const Entity entity : kEntities) {
    entity_names.emplace_back(EntityName(entity));
    if (entity_names.back() != entity_name) continue;
    rule.entity = entity;
    known = true;
  }
  rule.required = reader.Bool(table, path, "required", true);
  rule.repeated = reader.Bool(table, path, "repeated", false);
  rule.constants = reader.StringMap(table, path, "constants");
  for (std::string& field : reader.Strings(table, path, "required_fields")) {
    rule.required_fields.insert(std::move(field));
  }
  for (std::string& column : reader.Strings(table, path, "optional_columns")) {
    rule.optional_columns.insert(std::move(column));
  }
  for (std::string& column : reader.Strings(table, path, "ignored_columns")) {
    rule.ignored_columns.insert(std::move(column));
  }
  for (std::string& column : reader.Strings(table, path, "rows_with")) {
    rule.rows_with.insert(std::move(column));
  }
  if (const toml::table* where = reader.Table(table, path, "rows_where")) {
    for (auto it = where->cbegin(); it != where->cend(); ++it) {
      const std::string column(it->first.str());
      rule.rows_where[column] =
          reader.Strings(*where, TomlReader::Join(path, "rows_where"), column);
    }
  }
  rule.segment_from = reader.String(table, path, "segment_from", false);
  rule.open_stage =
      reader.String(table, path, "open_stage", rule.entity == Entity::kOpportunitySnapshot);
  for (std::string& stage : reader.Strings(table, path, "undated_stages")) {
    rule.undated_stages.insert(std::move(stage));
  }
  rule.compare_with_log = reader.Bool(table, path, "compare_with_log", false);
  rule.full_export = reader.Bool(table, path, "full_export", false);
  if (!known) {
    reader.Complain(absl::StrCat(path, ".entity"), &table,
                    absl::StrCat("must be one of ", absl::StrJoin(entity_names, ", ")));
    return;
  }
  rule.templates = reader.StringMap(table, path, "templates");
  ReadUnpivot(reader, table, path, rule);
  ReadDelimiter(reader, table, path, rule.delimiter);
  rule.amount_scale = reader.Int(table, path, "amount_scale", false, 1, 1'000'000'000).value_or(1);
  ReadLookups(reader, table, path, rule);
  ReadColumns(reader, table, path, rule);
  if (!rule.segment_from.empty() && rule.segment_from != "product_id" &&
      rule.segment_from != "product_series") {
    reader.Complain(absl::StrCat(path, ".segment_from"), table.get("segment_from"),
                    "must be \"product_id\" or \"product_series\"");
  }
  CheckFields(reader, table, path, profile, rule);
  CheckStages(reader, table, path, profile, rule);
  CheckComparison(reader, table, path, rule);
  profile.files.push_back(std::move(rule));
}

// Snapshots and histories state the same facts with different fields: one import with both would
// contradict itself, and every later one again.
void CheckOneAccountOfDeals(TomlReader& reader, const toml::table& root,
                            const ImportProfile& profile) {
  const auto has = [&profile](Entity entity) {
    return std::any_of(profile.files.begin(), profile.files.end(),
                       [entity](const FileRule& rule) { return rule.entity == entity; });
  };
  if (!has(Entity::kOpportunitySnapshot) || !has(Entity::kStageHistory)) return;
  reader.Complain("files", root.get("files"),
                  "has both opportunity_snapshot and stage_history, which tell of the same stages "
                  "twice; with a stage history give the deals as entity opportunity, or make two "
                  "profiles with a source each");
}

void ReadAliases(TomlReader& reader, const toml::table& root, ImportProfile& profile) {
  const toml::table* table = reader.Table(root, "", "aliases");
  if (table == nullptr) return;
  for (auto it = table->cbegin(); it != table->cend(); ++it) {
    const std::string field(it->first.str());
    bool known = false;
    for (const Entity entity : kEntities) known = known || IsField(entity, field);
    if (!known) {
      reader.Complain(absl::StrCat("aliases.", field), &it->second, "is no field of any entity");
      continue;
    }
    for (auto& alias : reader.StringMap(*table, "aliases", field)) {
      // The empty value takes back an alias of the extended profile.
      if (!alias.second.empty()) profile.aliases[field].insert(alias);
    }
  }
}

}  // namespace

const std::string& ColumnIn(const std::vector<std::string>& header, const FileRule& rule,
                            const std::string& field) {
  const std::string& first = rule.columns.at(field);
  const auto others = rule.other_columns.find(field);
  if (others == rule.other_columns.end() ||
      std::find(header.begin(), header.end(), first) != header.end()) {
    return first;
  }
  for (const std::string& column : others->second) {
    if (std::find(header.begin(), header.end(), column) != header.end()) return column;
  }
  return first;
}

const StageDefinition* ImportProfile::FindStage(std::string_view id,
                                                std::string_view pipeline) const {
  for (const StageDefinition& stage : stages) {
    if (stage.id == id && stage.pipeline == pipeline) return &stage;
  }
  return nullptr;
}

absl::StatusOr<ImportProfile> ParseImportProfile(std::string_view toml,
                                                 const FindProfileText& find_parent) {
  QC_ASSIGN_OR_RETURN(const toml::table root, ParseToml(toml, find_parent, 0));
  TomlReader reader;
  reader.RefuseOthers(
      root, "",
      {"name", "extends", "description", "source", "currency", "date_order", "time_zone",
       "decimal_mark", "round_amounts", "inclusive_end_dates", "encoding", "empty_values",
       "delimiter", "calendar", "pipelines", "stages", "aliases", "files", "ignored_files"});
  ImportProfile profile;
  profile.name = reader.String(root, "", "name", true);
  profile.description = reader.String(root, "", "description", true);
  profile.source = reader.String(root, "", "source", true);
  if (profile.source.size() > kMaxSourceBytes) {
    reader.Complain("source", root.get("source"),
                    absl::StrCat("is longer than ", kMaxSourceBytes, " bytes"));
  }
  profile.currency = reader.String(root, "", "currency", false);
  if (!profile.currency.empty()) {
    const absl::StatusOr<int> digits = MinorUnitDigits(profile.currency);
    if (!digits.ok()) {
      reader.Complain("currency", root.get("currency"), StdView(digits.status().message()));
    }
  }
  ReadForms(reader, root, profile);
  ReadDelimiter(reader, root, "", profile.delimiter);
  ReadCalendar(reader, root, profile);
  ReadPipelines(reader, root, profile);
  ReadStages(reader, root, profile);
  ReadAliases(reader, root, profile);
  profile.ignored_files = reader.Strings(root, "", "ignored_files");
  const auto rules = reader.Tables(root, "", "files");
  if (rules.empty()) {
    reader.Complain("files", nullptr, "is missing: a profile needs at least one [[files]] table");
  }
  for (const auto& entry : rules) ReadFileRule(reader, *entry.second, entry.first, profile);
  CheckOneAccountOfDeals(reader, root, profile);
  QC_RETURN_IF_ERROR(reader.Verdict());
  return profile;
}

bool MatchesPattern(std::string_view pattern, std::string_view file_name) {
  // The usual two-pointer match: on a mismatch the last star takes one byte more.
  size_t p = 0;
  size_t n = 0;
  size_t star = std::string_view::npos;
  size_t star_end = 0;
  while (n < file_name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_end = n;
    } else if (p < pattern.size() &&
               absl::ascii_tolower(static_cast<unsigned char>(pattern[p])) ==
                   absl::ascii_tolower(static_cast<unsigned char>(file_name[n]))) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++star_end;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace quotacast::ingestion
