// Where an event names a person, and how another name takes the place.
#ifndef QUOTACAST_SERVICES_INGESTION_PERSON_NAMING_H_
#define QUOTACAST_SERVICES_INGESTION_PERSON_NAMING_H_

#include <string>
#include <string_view>
#include <vector>

#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/eventlog/event_log.h"

namespace quotacast::ingestion {

// A person as the log knows them. `kind` is ENTITY_KIND_REP or ENTITY_KIND_LEAD.
struct Person {
  crm::v1::EntityKind kind = crm::v1::ENTITY_KIND_UNSPECIFIED;
  std::string id;
  std::vector<std::string> names;  // Display names.
};

// Ids of fewer characters are not looked for in texts.
inline constexpr size_t kMinWordIdBytes = 4;

// True when the event is about the person and nobody else: a RepChange or LeadChange of that id.
bool IsAbout(const Person& person, const crm::v1::CrmEvent& event);

// Replaces the person by `pseudonym`: in every field that holds an id of the person's kind, and in
// texts where id or a name stands as a word. True when anything changed.
bool ReplacePerson(const Person& person, const std::string& pseudonym, crm::v1::CrmEvent& event);

// The same for a source key: "quota/<id>/2017Q4". Keys are about the person when their kind is the
// person's or one whose keys name reps (quota, territory assignment, rep forecast).
std::string ReplacePersonInKey(const Person& person, const std::string& pseudonym,
                               const std::string& source_key);

// True when serialised fields hold the person's id as a whole, or a name anywhere. For bytes whose
// meaning is somebody else's.
bool MentionsPerson(const Person& person, std::string_view bytes);

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_PERSON_NAMING_H_
