"""Every address of the product. One line per page or verb; ``slug`` is always a workspace one is a member of."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import include, path

from rapport.web import (
    assets,
    conversation,
    desk,
    forgetting,
    form,
    health,
    home,
    importing,
    imports,
    languages,
    live,
    login,
    members,
    memory,
    person,
    presence,
    private,
    replies,
    search,
    source,
    sources,
    terms,
    verbs,
    webhook,
    wellbeing,
)

workspace = [
    path("", desk.desk, name="desk"),
    path("live/", live.live_ticket, name="live"),
    path("presence/", presence.presence, name="presence"),
    path("c/<int:id>/", conversation.conversation, name="conversation"),
    path("c/<int:id>/reply/", replies.reply, name="reply"),
    path("c/<int:id>/draft/", replies.draft, name="draft"),
    path("c/<int:id>/silence/", verbs.silence, name="silence"),
    path("c/<int:id>/assignment/", verbs.assignment, name="assignment"),
    path("c/<int:id>/note/", verbs.note, name="note"),
    path("c/<int:id>/settlement/", verbs.settlement, name="settlement"),
    path("c/<int:id>/reopening/", verbs.reopening, name="reopening"),
    path("c/<int:id>/link/", private.renewal, name="link_renewal"),
    path("c/<int:id>/undo/<int:event>/", verbs.undo, name="undo"),
    path("m/<int:id>/correction/", verbs.correction, name="correction"),
    path("o/<int:id>/withdrawal/", replies.withdrawal, name="withdrawal"),
    path("o/<int:id>/retry/", replies.retry, name="retry"),
    path("p/<int:id>/", person.person, name="person"),
    path("p/<int:id>/forgetting/", forgetting.forget, name="forgetting"),
    path("p/<int:id>/forgetting/look/", forgetting.look, name="forget_look"),
    path("p/<int:id>/forgetting/confirmation/", forgetting.confirm, name="forget_confirm"),
    path("search/", search.search, name="search"),
    path("sources/", sources.sources, name="sources"),
    path("sources/new/<str:kind>/", sources.connect, name="connect"),
    path("sources/<int:id>/", source.source, name="source"),
    path("sources/<int:id>/pause/", source.pause, name="source_pause"),
    path("sources/<int:id>/resume/", source.resume, name="source_resume"),
    path("sources/<int:id>/secret/", source.secret, name="source_secret"),
    path("sources/arrivals/<int:id>/again/", sources.again, name="again"),
    path("us/", terms.terms, name="terms"),
    path("us/term/", terms.term, name="term"),
    path("members/", members.members, name="members"),
    path("members/<int:id>/role/", members.role, name="member_role"),
    path("members/<int:id>/link/", members.link, name="member_link"),
    path("demo/", home.demo, name="demo"),
    path("import/", importing.upload, name="import"),
    path("import/<str:ticket>/", importing.preview, name="import_preview"),
    path("imports/<int:job>/", imports.progress, name="import_progress"),
    path("imports/<int:job>/pause/", imports.pause, name="import_pause"),
    path("imports/<int:job>/resume/", imports.resume, name="import_resume"),
    path("imports/<int:job>/cancellation/", imports.cancel, name="import_cancel"),
    path("imports/<int:job>/unreadable/", imports.unreadable, name="import_unreadable"),
    path("memory/", memory.memory, name="memory"),
    path("memory/forget/", memory.whom, name="forget_whom"),
    path("exports/<int:job>/", memory.export, name="export"),
    path("exports/<int:job>/file/", memory.file, name="export_file"),
    path("health/", wellbeing.wellbeing, name="wellbeing"),
    path("health/jobs/<int:id>/again/", wellbeing.work_again, name="work_again"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("new/", home.new, name="workspace_new"),
    path("health", health.health, name="health"),
    path("language/", languages.language, name="language"),
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("password/", account.password_change, name="account_change_password"),
    path("password/new/", account.password_set, name="account_set_password"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("welcome/<str:token>/", login.welcome, name="welcome"),
    path("f/<str:token>/", form.form, name="form"),
    path("f/<str:token>/embed.js", form.embed, name="form_embed"),
    path("p/<str:link>/", private.private, name="private"),
    path("in/<str:token>/", webhook.receive, name="receive"),
    path("assets/<str:mark>/<str:name>", assets.asset, name="asset"),
    path("w/<slug:slug>/", include(workspace)),
]

handler400 = "rapport.web.errors.bad_request"
handler403 = "rapport.web.errors.forbidden"
handler404 = "rapport.web.errors.not_found"
handler429 = "rapport.web.login.too_many"
handler500 = "rapport.web.errors.broken"
