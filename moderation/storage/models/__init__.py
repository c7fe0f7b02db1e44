"""The tables, one module per subject."""

from moderation.storage.models.account_event import AccountEvent, AccountEventKind
from moderation.storage.models.api_token import (
    ApiToken,
    ApiTokenSite,
    KeptAnswer,
    Scope,
)
from moderation.storage.models.band import TextBand
from moderation.storage.models.base import Base
from moderation.storage.models.call_month import CallKind, CallMonth
from moderation.storage.models.campaign import Campaign, CampaignMember
from moderation.storage.models.comment import Audit, Comment, Note, SignalEvidence
from moderation.storage.models.credentials import (
    AccountLink,
    LinkPurpose,
    LoginThrottle,
    Passkey,
    RecoveryCode,
)
from moderation.storage.models.decision import Decision
from moderation.storage.models.delivery import Attempt, Delivery, DeliveryState
from moderation.storage.models.endpoint import (
    Endpoint,
    EndpointSecret,
    EndpointSite,
    EndpointState,
    SecretKind,
)
from moderation.storage.models.event import Event, SiteSequence
from moderation.storage.models.import_record import ImportRecord, ImportSource
from moderation.storage.models.job import Job
from moderation.storage.models.learning import (
    ForeignLesson,
    LearntFeature,
    LearntSite,
    LearntWord,
    Lesson,
)
from moderation.storage.models.mail import Mail, MailState
from moderation.storage.models.moderator import LoginSession, Membership, Moderator
from moderation.storage.models.notice import (
    Notice,
    NoticeChoice,
    NoticeKind,
    WaitingNotice,
)
from moderation.storage.models.opinion import Adviser, OpinionRequest
from moderation.storage.models.revision import Revision
from moderation.storage.models.rule import Rule
from moderation.storage.models.site import Site, SiteOrigin
from moderation.storage.models.site_change import SiteChange
from moderation.storage.models.site_day import SiteDay
from moderation.storage.models.subscription import Subscription
from moderation.storage.models.thread import Thread
from moderation.storage.models.upload import Upload, UploadState
from moderation.storage.models.work_days import ModeratorDay, WaitDay

__all__ = [
    "AccountEvent",
    "AccountEventKind",
    "AccountLink",
    "Adviser",
    "ApiToken",
    "ApiTokenSite",
    "Attempt",
    "Audit",
    "Base",
    "CallKind",
    "CallMonth",
    "Campaign",
    "CampaignMember",
    "Comment",
    "Decision",
    "Delivery",
    "DeliveryState",
    "Endpoint",
    "EndpointSecret",
    "EndpointSite",
    "EndpointState",
    "Event",
    "ForeignLesson",
    "ImportRecord",
    "ImportSource",
    "Job",
    "KeptAnswer",
    "LearntFeature",
    "LearntSite",
    "LearntWord",
    "Lesson",
    "LinkPurpose",
    "LoginSession",
    "LoginThrottle",
    "Mail",
    "MailState",
    "Membership",
    "Moderator",
    "ModeratorDay",
    "Note",
    "Notice",
    "NoticeChoice",
    "NoticeKind",
    "OpinionRequest",
    "Passkey",
    "RecoveryCode",
    "Revision",
    "Rule",
    "Scope",
    "SecretKind",
    "SignalEvidence",
    "Site",
    "SiteChange",
    "SiteDay",
    "SiteOrigin",
    "SiteSequence",
    "Subscription",
    "TextBand",
    "Thread",
    "Upload",
    "UploadState",
    "WaitDay",
    "WaitingNotice",
]
