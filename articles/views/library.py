def editor_urls(site):
    return []
