#include "services/ingestion/person_naming.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/string_views.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/ingestion/event_kinds.h"

namespace quotacast::ingestion {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool EndsWith(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

// Bytes of UTF-8 beyond ASCII belong to words.
bool IsWordByte(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         (static_cast<uint8_t>(c) & 0x80) != 0;
}

// Where `word` stands in `text` from `begin` on, not as a part of a longer word; npos if nowhere.
size_t FindWord(std::string_view text, std::string_view word, size_t begin) {
  for (size_t at = text.find(word, begin); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at == 0 || !IsWordByte(text[at - 1])) && (end == text.size() || !IsWordByte(text[end]))) {
      return at;
    }
  }
  return std::string_view::npos;
}

bool ReplaceWord(std::string_view word, std::string_view by, std::string& text) {
  bool changed = false;
  for (size_t at = FindWord(text, word, 0); at != std::string_view::npos;
       at = FindWord(text, word, at + by.size())) {
    text.replace(at, word.size(), by);
    changed = true;
  }
  return changed;
}

// What stands for the person in a text.
std::vector<std::string_view> WordsOf(const Person& person) {
  std::vector<std::string_view> words;
  for (const std::string& name : person.names) {
    if (!name.empty()) words.push_back(name);
  }
  if (person.id.size() >= kMinWordIdBytes) words.push_back(person.id);
  return words;
}

// True for fields that hold the id of a record of this kind.
bool HoldsIdOf(crm::v1::EntityKind kind, const FieldDescriptor& field) {
  return EndsWith(field.name(), kind == crm::v1::ENTITY_KIND_REP ? "rep_id" : "lead_id");
}
bool HoldsId(const FieldDescriptor& field) { return EndsWith(field.name(), "_id"); }

class Replacement {
 public:
  Replacement(const Person& person, const std::string& pseudonym)
      : person_(person), pseudonym_(pseudonym), words_(WordsOf(person)) {}

  // `names_kind` is true in a deletion or merge of a record of the person's kind, whose ids have
  // no kind of their own.
  bool In(Message& message, bool names_kind) const {
    const Reflection& reflection = *message.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection.ListFields(message, &fields);
    bool changed = false;
    for (const FieldDescriptor* field : fields) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        changed |= InMessages(message, *field, names_kind);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && !field->is_repeated()) {
        std::string text = reflection.GetString(message, field);
        if (!InText(*field, names_kind, text)) continue;
        reflection.SetString(&message, field, text);
        changed = true;
      }
    }
    return changed;
  }

 private:
  bool InMessages(Message& message, const FieldDescriptor& field, bool names_kind) const {
    const Reflection& reflection = *message.GetReflection();
    if (!field.is_repeated()) {
      return In(*reflection.MutableMessage(&message, &field), names_kind);
    }
    bool changed = false;
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      changed |= In(*reflection.MutableRepeatedMessage(&message, &field, i), names_kind);
    }
    return changed;
  }

  bool InText(const FieldDescriptor& field, bool names_kind, std::string& text) const {
    if (HoldsIdOf(person_.kind, field) || (names_kind && HoldsId(field))) {
      if (text != person_.id) return false;
      text = pseudonym_;
      return true;
    }
    if (HoldsId(field)) return false;  // Of something else.
    bool changed = false;
    for (const std::string_view word : words_) changed |= ReplaceWord(word, pseudonym_, text);
    return changed;
  }

  const Person& person_;
  const std::string& pseudonym_;
  const std::vector<std::string_view> words_;
};

}  // namespace

bool IsAbout(const Person& person, const crm::v1::CrmEvent& event) {
  if (person.kind == crm::v1::ENTITY_KIND_REP) {
    return event.has_rep() && event.rep().rep_id() == person.id;
  }
  return event.has_lead() && event.lead().lead_id() == person.id;
}

bool ReplacePerson(const Person& person, const std::string& pseudonym, crm::v1::CrmEvent& event) {
  const bool names_kind = (event.has_deletion() && event.deletion().entity() == person.kind) ||
                          (event.has_merge() && event.merge().entity() == person.kind);
  return Replacement(person, pseudonym).In(event, names_kind);
}

std::string ReplacePersonInKey(const Person& person, const std::string& pseudonym,
                               const std::string& source_key) {
  const crm::v1::EntityKind kind = KindOfSourceKey(source_key);
  const bool names_reps = kind == crm::v1::ENTITY_KIND_REP || kind == crm::v1::ENTITY_KIND_QUOTA ||
                          kind == crm::v1::ENTITY_KIND_TERRITORY_ASSIGNMENT ||
                          kind == crm::v1::ENTITY_KIND_REP_FORECAST;
  if (kind != person.kind && !(names_reps && person.kind == crm::v1::ENTITY_KIND_REP)) {
    return source_key;
  }
  const size_t slash = source_key.find('/');
  if (slash == std::string::npos) return source_key;
  std::string rest = source_key.substr(slash + 1);
  // The subject comes first in a key; a period that looks like a rep's id stays.
  const size_t at = FindWord(rest, person.id, 0);
  if (at == std::string::npos) return source_key;
  const bool is_subject = at == 0 || rest[at - 1] == ':' || rest[at - 1] == '=';
  if (!is_subject) return source_key;
  rest.replace(at, person.id.size(), pseudonym);
  return absl::StrCat(source_key.substr(0, slash + 1), rest);
}

bool MentionsPerson(const Person& person, std::string_view bytes) {
  for (const std::string_view word : WordsOf(person)) {
    if (bytes.find(word) != std::string_view::npos) return true;
  }
  // A field of a serialised message is its length, one byte up to 127, and its bytes.
  if (person.id.size() > 127) return bytes.find(person.id) != std::string_view::npos;
  const std::string field = static_cast<char>(person.id.size()) + person.id;
  return bytes.find(field) != std::string_view::npos;
}

}  // namespace quotacast::ingestion
