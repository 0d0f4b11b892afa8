"""Talks on the chat page: what visitors do, and what happens to them."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
from contextlib import closing

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.chat import ANSWERED, Chat
from tests.browser.conftest import keep
from tests.helpers.product import Product, bearer, until

STUDENTS = "How many students took part in the homestays?"
CHINESE = {"input": "您的问题", "send": "发送", "log": "对话记录", "menu": "菜单"}
BATCHES = "and in how many batches?"


@pytest.fixture
def chat(page: Page, site: str) -> Chat:
    return Chat(page).open(site)


def token(page: Page) -> str:
    return str(page.evaluate("localStorage.getItem('xiadu.token')"))


def test_the_first_message_says_what_it_is_and_what_it_cannot_do(chat: Chat) -> None:
    first = chat.log.locator(".place").first
    for said in ("automated assistant, not a person", "source", "date", "I don't know", "can't make bookings"):
        expect(first).to_contain_text(said)
    assert chat.choices.count() == 3
    keep(chat.page, "first")


def test_a_question_its_answer_and_a_follow_up(chat: Chat) -> None:
    answer = chat.ask(STUDENTS)
    expect(answer).to_contain_text("200 students in total took part")
    expect(answer).to_contain_text("As of 2012")
    expect(answer).to_contain_text("Source: Xining continuously improve the level of local public diplomacy, Han Yihua")
    assert answer.locator(".sources a").count() == 0  # not linked: of low reliability
    expect(chat.ask(BATCHES)).to_contain_text(re.compile("batches|groups"))
    expect(chat.visitor).to_have_text([f"You: {STUDENTS}", f"You: {BATCHES}"])
    assert chat.input.inner_text().strip() == ""


def test_sources_are_linked_where_the_contract_links_them(chat: Chat) -> None:
    link = chat.ask("Is Edirne a sister city of Xining?").locator(".sources a").first
    assert (link.get_attribute("href") or "").startswith("http")
    assert set((link.get_attribute("rel") or "").split()) >= {"noopener", "noreferrer", "nofollow"}
    expect(link).to_have_accessible_name(re.compile("opens in a new window"))


def test_a_button_is_a_quick_reply_and_old_ones_go(chat: Chat) -> None:
    chat.ask(STUDENTS)
    title = chat.choices.last.inner_text()
    chat.choices.last.click()
    expect(chat.answers).to_have_count(2, timeout=ANSWERED)
    expect(chat.visitor.last).to_have_text(f"You: {title}")
    assert chat.log.locator(".choices").count() <= 1


def test_what_is_not_clear_is_asked_back_with_choices(chat: Chat) -> None:
    answer = chat.ask("What does the city do for foreign companies?")
    if "which of these" not in answer.inner_text():
        pytest.fail(f"the question is no longer unclear: {answer.inner_text()}")
    assert chat.choices.count() >= 2
    chat.choices.first.click()
    expect(chat.answers).to_have_count(2, timeout=ANSWERED)


def test_markup_shows_as_typed(chat: Chat) -> None:
    typed = "<img src=x onerror=alert(1)> **bold** [link](javascript:alert(1)) <b>b</b> & &amp; 西宁"
    chat.page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    chat.ask(typed)
    expect(chat.visitor.last).to_have_text(f"You: {typed}")
    assert chat.visitor.last.locator("img, b, strong, a").count() == 0
    chat.page.reload()
    chat.ready()
    expect(chat.visitor.last).to_have_text(f"You: {typed}")
    assert chat.visitor.last.locator("img, b, strong, a").count() == 0


def test_markup_in_a_fact_shows_as_written(chat: Chat) -> None:
    said = '<script>alert(1)</script><b>200</b> "students"'

    def answer(route: Route) -> None:
        response = route.fetch()
        content = response.json()
        content["messages"][0]["text"] = said
        content["messages"][0]["sources"][0]["title"] = "<i>Title</i>"
        route.fulfill(response=response, json=content)

    chat.page.route("**/api/messages", answer)
    shown = chat.ask(STUDENTS)
    expect(shown.locator("p").first).to_have_text(said)
    expect(shown.locator("cite")).to_have_text("<i>Title</i>")
    assert shown.locator("script, b, i").count() == 0


def test_the_talk_survives_a_reload_a_second_tab_and_a_restart(
    page: Page, running: Product, context: BrowserContext
) -> None:
    running.wait_until_ready()
    chat = Chat(page).open(running.url)
    chat.ask(STUDENTS)
    page.reload()
    chat.ready()
    expect(chat.answers).to_have_count(1)
    expect(chat.answers.last).to_contain_text("200 students")
    assert chat.choices.count() >= 1  # the newest answer's are still there

    second = Chat(context.new_page()).open(running.url)
    expect(second.answers).to_have_count(1)
    second.ask(BATCHES)
    expect(chat.answers).to_have_count(2, timeout=ANSWERED)  # the first tab follows
    expect(chat.visitor).to_have_count(2)

    port = int(running.url.rsplit(":", 1)[1])
    running.stop()
    running.start(port=port)
    expect(second.ask("And where did the students live?")).not_to_be_empty()
    page.reload()
    chat.ready()
    expect(chat.answers).to_have_count(3)


def test_the_answer_without_the_engine_is_marked_and_waking_is_shown(page: Page, product: Product) -> None:
    chat = Chat(page).open(product.url)
    expect(chat.notes).to_be_empty()
    killed = product.engine_pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    until(lambda: product.engine_pid != killed, 5, product.log)
    answer = chat.ask(STUDENTS)
    expect(answer).to_contain_text("200 students")
    expect(answer).to_contain_text("From a simpler search")
    expect(chat.notes).to_contain_text("waking up")
    keep(page, "degraded")
    expect(chat.notes).to_contain_text("The assistant is up", timeout=20_000)
    product.wait_until_ready()
    until(lambda: "degraded" not in product.reply(STUDENTS), 10, product.log)
    expect(chat.ask(BATCHES)).not_to_contain_text("From a simpler search")


def test_offline_keeps_what_is_written_and_sends_it_when_the_line_is_back(chat: Chat, context: BrowserContext) -> None:
    chat.ask(STUDENTS)
    context.set_offline(True)
    chat.say(BATCHES)
    expect(chat.visitor.last).to_contain_text("Not sent")
    expect(chat.notes).to_contain_text("offline")
    keep(chat.page, "offline")
    context.set_offline(False)
    expect(chat.answers).to_have_count(2, timeout=ANSWERED)
    expect(chat.visitor.last).not_to_contain_text("Not sent")
    expect(chat.notes).to_be_empty()


def test_a_message_that_was_not_sent_outlives_a_reload(chat: Chat) -> None:
    chat.page.route("**/api/messages", lambda route: route.abort())
    chat.say(STUDENTS)
    expect(chat.visitor.last).to_contain_text("Not sent")
    chat.page.unroute("**/api/messages")
    chat.page.reload()
    expect(chat.answers).to_have_count(1, timeout=ANSWERED)
    expect(chat.visitor).to_have_text([f"You: {STUDENTS}"])


def test_an_answer_that_got_lost_is_not_given_twice(chat: Chat, product: Product) -> None:
    sent: list[dict[str, object]] = []

    def lose(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or "{}"))
        if len(sent) == 1:
            route.fetch()  # the service answers ...
            route.abort()  # ... and the answer never arrives
        else:
            route.continue_()

    chat.page.route("**/api/messages", lose)
    chat.say(STUDENTS)
    expect(chat.visitor.last).to_contain_text("Not sent")
    chat.visitor.last.get_by_role("button", name="Send again").click()
    expect(chat.answers).to_have_count(1, timeout=ANSWERED)
    assert len(sent) == 2
    assert sent[0]["id"] == sent[1]["id"]
    talk = product.history(token(chat.page))
    assert [entry["from"] for entry in talk] == ["visitor", "assistant"]


def test_an_answer_that_got_lost_before_a_reload_is_shown_once(chat: Chat) -> None:
    chat.ask(STUDENTS)

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    chat.page.route("**/api/messages", lose)
    chat.say(BATCHES)
    expect(chat.visitor.last).to_contain_text("Not sent")
    chat.page.unroute("**/api/messages")
    chat.page.reload()
    expect(chat.answers).to_have_count(2, timeout=ANSWERED)
    expect(chat.visitor).to_have_text([f"You: {STUDENTS}", f"You: {BATCHES}"])


def test_a_slow_answer_ends_in_a_message_that_is_kept(chat: Chat) -> None:
    chat.page.clock.install()
    held: list[Route] = []
    chat.page.route("**/api/messages", lambda route: held.append(route))
    chat.say(STUDENTS)
    expect(chat.log).to_contain_text("Looking it up")
    chat.page.clock.run_for(13_000)
    expect(chat.log).not_to_contain_text("Looking it up")
    expect(chat.visitor.last).to_contain_text("Not sent")
    expect(chat.notes).to_contain_text("No answer came in time")
    chat.page.unroute("**/api/messages")
    chat.visitor.last.get_by_role("button", name="Send again").click()
    expect(chat.answers).to_have_count(1, timeout=ANSWERED)


def test_what_was_not_sent_can_be_discarded(chat: Chat) -> None:
    chat.page.route("**/api/messages", lambda route: route.abort())
    chat.say(STUDENTS)
    chat.visitor.last.get_by_role("button", name="Discard").click()
    expect(chat.visitor).to_have_count(0)
    chat.page.unroute("**/api/messages")
    chat.page.reload()
    chat.ready()
    expect(chat.visitor).to_have_count(0)


def test_two_messages_at_once_are_answered_in_order(chat: Chat) -> None:
    for question in (STUDENTS, BATCHES):
        chat.input.fill(question)
        chat.input.press("Enter")
    expect(chat.answers).to_have_count(2, timeout=ANSWERED)
    expect(chat.answers.first).to_contain_text("200 students")
    expect(chat.answers.last).to_contain_text(re.compile("batches|groups"))


def test_too_many_messages_are_told_kindly_and_go_on_by_themselves(chat: Chat) -> None:
    refused = []

    def refuse(route: Route) -> None:
        if refused:
            route.continue_()
            return
        refused.append(route)
        document = {"type": "urn:xiadu:problem:too-many-messages", "title": "t", "status": 429, "detail": "d"}
        route.fulfill(status=429, headers={"Retry-After": "1"}, json=document)

    chat.page.route("**/api/messages", refuse)
    chat.say(STUDENTS)
    expect(chat.notes).to_contain_text("That was a lot at once. I'll go on in 1 s.")
    expect(chat.answers).to_have_count(1, timeout=ANSWERED)
    expect(chat.notes).to_be_empty()


def test_characters_are_counted_down_and_too_many_stay_in_the_input(chat: Chat) -> None:
    counter = chat.page.locator(".counter")
    chat.input.fill("a" * 1700)
    expect(counter).to_be_empty()
    chat.input.fill("a" * 1850)
    expect(counter).to_have_text("150 characters left")
    chat.input.fill("😀" * 2001)
    expect(counter).to_have_text("1 characters too many: at most 2000 fit into one message.")
    chat.input.press("Enter")
    expect(chat.visitor).to_have_count(0)
    chat.say("西" * 2000)
    expect(chat.answers).to_have_count(1, timeout=ANSWERED)


def test_the_draft_is_kept(chat: Chat) -> None:
    chat.input.fill("a question that is not")
    chat.page.reload()
    chat.ready()
    expect(chat.input).to_have_text("a question that is not")


def test_enter_that_chooses_a_chinese_word_does_not_send(chat: Chat) -> None:
    chat.input.fill("xining")
    chat.input.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "keyCode": 229})
    chat.input.press("Shift+Enter")
    expect(chat.visitor).to_have_count(0)
    chat.send.click()
    expect(chat.visitor).to_have_count(1)


def test_pasted_markup_is_text(chat: Chat) -> None:
    chat.input.focus()
    chat.page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData('text/html', '<b>How</b> many <img src=x onerror=alert(1)>experts?');
            data.setData('text/plain', 'How many experts?');
            const input = document.querySelector('deep-chat').shadowRoot.getElementById('text-input');
            input.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true, composed: true}));
        }"""
    )
    assert chat.input.locator("b, img").count() == 0


def test_an_opinion_is_kept_and_still_there_after_a_reload(chat: Chat, product: Product) -> None:
    answer = chat.ask(STUDENTS)
    answer.get_by_role("button", name="Not helpful").click()
    expect(answer).to_contain_text("Thank you, noted.")
    answer.get_by_role("textbox").fill("The year is missing")
    answer.get_by_role("button", name="Send remark").click()
    expect(answer).to_contain_text("your remark is kept")
    with closing(sqlite3.connect(product.var / "xiadu.db")) as database:
        kept = database.execute("SELECT rating, comment FROM feedback ORDER BY at DESC LIMIT 1").fetchone()
    assert kept == ("down", "The year is missing")
    chat.page.reload()
    chat.ready()
    down = chat.answers.last.get_by_role("button", name="Not helpful")
    expect(down).to_have_attribute("aria-pressed", "true")


def test_an_opinion_that_could_not_be_kept_is_told(chat: Chat) -> None:
    answer = chat.ask(STUDENTS)
    chat.page.route("**/api/feedback", lambda route: route.abort())
    up = answer.get_by_role("button", name="Helpful", exact=True)
    up.click()
    expect(answer).to_contain_text("Something went wrong here")
    expect(up).to_have_attribute("aria-pressed", "false")


def test_forget_me_deletes_everywhere_and_says_so(chat: Chat, site: str) -> None:
    chat.ask(STUDENTS)
    old = token(chat.page)
    chat.choose("Forget me")
    expect(chat.page.get_by_role("dialog")).to_contain_text("can't be undone")
    chat.confirm("Cancel")
    expect(chat.answers).to_have_count(1)
    chat.choose("Forget me")
    chat.confirm()
    expect(chat.notes).to_contain_text("nothing of this conversation is stored any more")
    expect(chat.answers).to_have_count(0)
    assert requests.get(f"{site}/api/messages", headers=bearer(old), timeout=5).status_code == 404
    assert chat.page.evaluate("Object.keys(localStorage).filter((key) => key.match(/token|draft|out/))") == []


def test_a_talk_that_is_forgotten_while_its_first_answer_is_under_way_is_gone(chat: Chat, site: str) -> None:
    held: list[Route] = []
    chat.page.route("**/api/messages", lambda route: held.append(route))
    chat.say(STUDENTS)
    expect(chat.log).to_contain_text("Looking it up")
    chat.choose("Forget me")
    chat.confirm()
    answered = held[0].fetch()
    held[0].fulfill(response=answered)
    expect(chat.notes).to_contain_text("nothing of this conversation is stored any more")
    expect(chat.visitor).to_have_count(0)
    left = requests.get(f"{site}/api/messages", headers=bearer(answered.json()["conversation"]), timeout=5)
    assert left.status_code == 404


def test_a_first_answer_that_got_lost_is_forgotten_as_well(chat: Chat, site: str) -> None:
    given: list[str] = []

    def lose(route: Route) -> None:
        given.append(route.fetch().json()["conversation"])
        route.abort()

    chat.page.route("**/api/messages", lose, times=1)
    chat.say(STUDENTS)
    expect(chat.visitor.last).to_contain_text("Not sent")
    chat.page.context.set_offline(True)  # so that it isn't sent again by itself meanwhile
    chat.choose("Forget me")
    chat.confirm()
    expect(chat.notes).to_contain_text("could not be deleted just now")
    chat.page.route("**/api/messages", lambda route: route.continue_())
    chat.page.context.set_offline(False)
    chat.choose("Forget me")
    chat.confirm()
    expect(chat.notes).to_contain_text("nothing of this conversation is stored any more")
    assert requests.get(f"{site}/api/messages", headers=bearer(given[0]), timeout=5).status_code == 404


def test_a_late_history_does_not_cover_what_was_said_meanwhile(chat: Chat) -> None:
    chat.ask(STUDENTS)
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "GET" and not held:
            held.append(route)
        else:
            route.continue_()

    chat.page.route("**/api/messages", hold)
    chat.page.reload()
    chat.say(BATCHES)
    expect(chat.log).to_contain_text(re.compile("batches|groups"), timeout=ANSWERED)
    held[0].continue_()
    expect(chat.answers).to_have_count(2)
    expect(chat.visitor).to_have_text([f"You: {STUDENTS}", f"You: {BATCHES}"])


def test_another_language_meanwhile_does_not_make_it_another_message(chat: Chat, product: Product) -> None:
    chat.ask(STUDENTS)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    chat.page.route("**/api/messages", lose)
    chat.say(BATCHES)
    expect(chat.visitor.last).to_contain_text("Not sent")
    chat.choose("中文")
    chat.page.unroute("**/api/messages")
    chinese = Chat(chat.page, **CHINESE)
    chinese.visitor.last.get_by_role("button", name="重新发送").click()
    expect(chinese.answers).to_have_count(2, timeout=ANSWERED)
    talk = product.history(token(chat.page))
    assert [entry["from"] for entry in talk] == ["visitor", "assistant"] * 2


def test_another_tab_s_message_is_shown_where_it_belongs(chat: Chat, context: BrowserContext, site: str) -> None:
    chat.ask(STUDENTS)
    second = Chat(context.new_page()).open(site)
    chat.page.route("**/api/messages", lambda route: route.abort())
    chat.say(BATCHES)
    expect(chat.visitor.last).to_contain_text("Not sent")
    second.say("How many foreign experts were invited?")  # sends what the first tab left, first
    expect(second.answers).to_have_count(3, timeout=ANSWERED)
    expect(second.visitor).to_have_text(
        [f"You: {STUDENTS}", f"You: {BATCHES}", "You: How many foreign experts were invited?"]
    )
    expect(second.answers.last).to_contain_text("13")


def test_what_the_service_refuses_comes_back_to_the_input(chat: Chat) -> None:
    document = {"type": "urn:xiadu:problem:invalid-request", "title": "t", "status": 422, "detail": "d"}
    chat.page.route("**/api/messages", lambda route: route.fulfill(status=422, json=document))
    chat.say(STUDENTS)
    expect(chat.notes).to_contain_text("could not take this message")
    expect(chat.input).to_have_text(STUDENTS)
    expect(chat.visitor).to_have_count(0)


def test_what_could_not_be_deleted_is_not_said_to_be(chat: Chat) -> None:
    chat.ask(STUDENTS)
    chat.page.route("**/api/conversation", lambda route: route.abort())
    chat.choose("Forget me")
    chat.confirm()
    expect(chat.notes).to_contain_text("could not be deleted just now")
    expect(chat.answers).to_have_count(1)


def test_start_over_begins_a_new_talk(chat: Chat, site: str) -> None:
    chat.ask(STUDENTS)
    old = token(chat.page)
    chat.choose("Start over")
    chat.confirm()
    expect(chat.answers).to_have_count(0)
    chat.ask(STUDENTS)
    assert token(chat.page).split(".")[0] != old.split(".")[0]
    assert requests.get(f"{site}/api/messages", headers=bearer(old), timeout=5).status_code == 200


def test_a_talk_that_was_deleted_elsewhere_begins_anew_and_the_message_is_answered(chat: Chat, site: str) -> None:
    chat.ask(STUDENTS)
    assert requests.delete(f"{site}/api/conversation", headers=bearer(token(chat.page)), timeout=5).status_code == 204
    expect(chat.ask("How many foreign experts were invited?")).to_contain_text("13")


def test_a_button_of_a_talk_that_was_deleted_is_asked_in_words(chat: Chat, site: str) -> None:
    chat.ask(STUDENTS)
    requests.delete(f"{site}/api/conversation", headers=bearer(token(chat.page)), timeout=5)
    chat.choices.last.click()
    expect(chat.answers).to_have_count(2, timeout=ANSWERED)


def test_the_talk_can_be_saved_and_copied(chat: Chat, context: BrowserContext, site: str) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    chat.ask(STUDENTS)
    with chat.page.expect_download() as downloading:
        chat.choose("Save the conversation")
    saved = downloading.value
    assert saved.suggested_filename == "xining-conversation.txt"
    content = saved.path().read_text(encoding="utf-8-sig")
    for part in (STUDENTS, "200 students in total", "As of 2012", "Source: Xining continuously improve"):
        assert part in content
    chat.choose("Copy the conversation")
    expect(chat.notes).to_contain_text("Copied")
    assert STUDENTS in chat.page.evaluate("navigator.clipboard.readText()")
    chat.answers.last.get_by_role("button", name="Copy").click()
    expect(chat.answers.last).to_contain_text("Copied")
    assert chat.page.evaluate("navigator.clipboard.readText()").startswith("200 students")


def test_a_phone_shares_the_saved_talk(chromium: Browser, site: str) -> None:
    context = chromium.new_context(
        locale="en-GB", viewport={"width": 390, "height": 780}, has_touch=True, is_mobile=True
    )
    context.add_init_script(
        "navigator.canShare = () => true; navigator.share = async ({files}) => { window.shared = await files[0].text(); };"
    )
    chat = Chat(context.new_page()).open(site)
    chat.ask(STUDENTS)
    chat.choose("Save the conversation")
    chat.page.wait_for_function("window.shared !== undefined")
    assert "200 students" in chat.page.evaluate("window.shared")
    keep(chat.page, "phone")
    context.close()


def test_chinese_by_the_browser_and_by_choice(chromium: Browser, site: str) -> None:
    context = chromium.new_context(locale="zh-CN")
    page = context.new_page()
    chat = Chat(page, **CHINESE).open(site)
    assert page.evaluate("document.documentElement.lang") == "zh"
    expect(chat.ask("三届夏都国际论坛总共来了多少人？")).to_contain_text("270")
    expect(chat.answers.last).to_contain_text("截至2012年")
    keep(page, "chinese")
    chat.choose("English")
    english = Chat(page).ready()
    expect(english.answers.last).to_contain_text("As of 2012")
    assert page.evaluate("document.documentElement.lang") == "en"
    # The selector decides on the replies as well.
    expect(english.ask("请来了多少位外国专家？")).to_contain_text("13 foreign experts")
    page.reload()
    english.ready()
    assert page.evaluate("document.documentElement.lang") == "en"
    context.close()


def test_without_a_choice_the_reply_follows_the_question(chat: Chat) -> None:
    expect(chat.ask("请来了多少位外国专家？")).to_contain_text("13位外国专家")
    assert chat.answers.last.get_attribute("lang") == "zh"


def test_a_card_can_be_shown_to_a_driver(chat: Chat) -> None:
    answer = chat.ask("Where is Xining's airport?")
    answer.get_by_role("button", name="Show card").click()
    dialog = chat.page.get_by_role("dialog", name="Show this to a driver or an officer")
    expect(dialog.locator(".zh").first).to_have_text(re.compile("机场"))
    expect(dialog.locator(".pinyin").first).to_have_text(re.compile("[jJ]īchǎng"))
    keep(chat.page, "card")
    chat.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(answer.get_by_role("button", name="Show card")).to_be_focused()


def test_the_answer_leads_to_its_permanent_page(chat: Chat, context: BrowserContext) -> None:
    answer = chat.ask(STUDENTS)
    with context.expect_page() as opening:
        answer.get_by_role("link", name=re.compile("Permanent page")).click()
    opening.value.wait_for_load_state()
    assert "/facts/homestay-students" in opening.value.url
    expect(opening.value.get_by_role("main")).to_contain_text("200 students")


def test_a_browser_that_keeps_nothing_is_told_and_can_still_talk(chromium: Browser, site: str) -> None:
    context = chromium.new_context(locale="en-GB")
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }});"
    )
    chat = Chat(context.new_page()).open(site)
    expect(chat.notes).to_contain_text("keeps nothing for this page")
    chat.ask(STUDENTS)
    expect(chat.ask(BATCHES)).to_contain_text(re.compile("batches|groups"))
    context.close()


def test_a_tab_in_the_background_counts_what_came(chat: Chat) -> None:
    chat.page.evaluate("Object.defineProperty(document, 'hidden', {get: () => true, configurable: true})")
    chat.ask(STUDENTS)
    assert chat.page.title().startswith("(1) ")
    chat.page.evaluate(
        "Object.defineProperty(document, 'hidden', {get: () => false}); document.dispatchEvent(new Event('visibilitychange'))"
    )
    assert not chat.page.title().startswith("(")
